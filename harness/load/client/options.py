"""The options of a load test: on the command line, as ``ASSAY_LOAD_*``, in ``[tool.locust]``, and in locust's web UI.

Data flow: locust's parser → **options**, parsed once when a test starts into a frozen value, every problem
reported together. locust forwards the raw ones from the master to its workers. What the words of thresholds and
arrivals mean stands in ``thresholds`` and ``shapes``.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.errors import UsageError
from harness.load.arrivals.arrivals import Plan, parse_arrivals
from harness.load.client.own_options import own_options
from harness.load.client.target import TEMPORAL_ADDRESS
from harness.load.inside.named import parse_metrics_option
from harness.load.judge.bounds import Threshold, parse_thresholds

Value = TypeVar("Value")

CLOSED = "closed"

OPTIONS: Mapping[str, tuple[Any, str]] = {
    "seed": ("", "draws everything; empty: a new one for each test"),
    "arrivals": (CLOSED, f"{CLOSED}: users come round by themselves; else how work arrives, such as poisson"),
    "rate": ("5", "open arrivals a second, over all processes"),
    "thresholds": ("", "judged beside what is implied, such as 'completion.p99<5s, count>=1000'"),
    "think-seconds": ("1", "how long a person takes between two steps, on average"),
    "operation-timeout-seconds": ("60", "after which an operation counts as failed"),
    "drain-seconds": ("30", "how long work under way may go on after the end; then it is abandoned"),
    "settle-seconds": ("20", "how long to wait at the end for the server's counts to agree"),
    "generator-lag-seconds": ("0.1", "how late the generator itself may be (p99) before its latencies are in doubt"),
    "report-folder": ("runs", "where the folder of the run is made"),
    "run-folder": ("", "the run of a claim whose schedule is to be made; `assay run` sets it"),
    "temporal-address": ("", "HOST:PORT of Temporal; empty: the stack of `assay up`"),
    "metrics": ("", "pages of metrics to look into, as NAME=URL,...; those of `assay up` are known"),
}
"""Of every test: name on the command line → default, help. The variable of ``rate`` is ``ASSAY_LOAD_RATE``."""


class Parser(Protocol):
    """What locust offers of its parser."""

    def add_argument_group(self, title: str) -> Any:
        """Begin a group of options."""


@dataclass(frozen=True)
class LoadOptions:
    """The options of one test. ``seed`` is ``None`` where none was named, ``arrivals`` where the users are closed.

    :param named: the variables of the application that options stand for, such as ``TEMPORAL_ADDRESS``.
    :param own: what the locustfile's own options say, by name.
    """

    seed: int | None
    arrivals: Plan | None
    rate_per_second: float
    thresholds: tuple[Threshold, ...]
    think_seconds: float
    operation_timeout_seconds: float
    drain_seconds: float
    settle_seconds: float
    generator_lag_seconds: float
    report_folder: Path
    run_folder: Path | None
    named: Mapping[str, str]
    metrics: Mapping[str, str]
    own: Mapping[str, Any]

    @property
    def open(self) -> bool:
        """Whether work arrives by a schedule, whatever the system does."""
        return self.arrivals is not None or self.run_folder is not None


def known_options() -> Mapping[str, tuple[str, str]]:
    """All options of this process: name → default, help."""
    return {**OPTIONS, **{name: (option.default, option.help) for name, option in own_options().items()}}


def add_options(parser: Parser, defaults: Mapping[str, str] | None = None) -> None:
    """Add ours to locust's, shown in its web UI.

    :param defaults: what a locustfile has as a default of its own, by the name of the option.
    """
    group = parser.add_argument_group("Assay")
    for name, (default, help_text) in known_options().items():
        variable = f"ASSAY_LOAD_{name.upper().replace('-', '_')}"
        default = (defaults or {}).get(name, default)
        added = group.add_argument(f"--{name}", default=default, metavar="...", env_var=variable, help=help_text)
        # What locust says of an option itself, unless that stands in a group: then its web UI would not know it.
        added.include_in_web_ui, added.is_secret, added.is_required, added.is_multiple = True, False, False, False


def parse_options(raw: argparse.Namespace) -> LoadOptions:
    """Read what locust parsed, or its web UI sent.

    :raises UsageError: naming everything that is wrong.
    """
    problems: list[str] = []

    def read(name: str, reader: Callable[[str], Value]) -> Value:
        text = str(getattr(raw, name.replace("-", "_")) or "").strip()
        try:
            return reader(text)
        except UsageError as error:
            problems.append(str(error))
        except ValueError as error:
            problems.append(f"--{name} {text!r} {error}")
        return reader(known_options()[name][0])

    named = {TEMPORAL_ADDRESS: read("temporal-address", str)}
    named |= {each.variable: read(name, str) for name, each in own_options().items() if each.variable is not None}
    arrivals = read("arrivals", lambda text: None if text == CLOSED else parse_arrivals(text))
    options = LoadOptions(
        seed=read("seed", _seed),
        arrivals=arrivals,
        rate_per_second=read("rate", _number(least=0.001)),
        thresholds=read("thresholds", lambda text: parse_thresholds([text], open_loop=arrivals is not None)),
        think_seconds=read("think-seconds", _number(least=0)),
        operation_timeout_seconds=read("operation-timeout-seconds", _number(least=0.1)),
        drain_seconds=read("drain-seconds", _number(least=0)),
        settle_seconds=read("settle-seconds", _number(least=0)),
        generator_lag_seconds=read("generator-lag-seconds", _number(least=0.001)),
        report_folder=read("report-folder", Path),
        run_folder=read("run-folder", lambda text: Path(text) if text else None),
        named={variable: text for variable, text in named.items() if text},
        metrics=read("metrics", parse_metrics_option),
        own={name: read(name, option.read) for name, option in own_options().items()},
    )
    if problems:
        raise UsageError("\n".join(problems))
    return options


def given_options(raw: argparse.Namespace) -> dict[str, str]:
    """The options that are not as by default, to be shown."""
    known = known_options()
    given = {name: str(getattr(raw, name.replace("-", "_")) or "") for name in known}
    return {name: value for name, value in given.items() if value != known[name][0]}


def repeating(name: str, raw: argparse.Namespace, given: Mapping[str, str]) -> str:
    """The command that repeats a test, as one process does it."""
    words = ["locust", "-f", f"load/{name}.py", "--headless", "-u", str(raw.num_users or 1)]
    if raw.run_time:
        words += ["-t", f"{raw.run_time}s"]
    return shlex.join([*words, *(word for option, value in given.items() for word in (f"--{option}", value))])


def _seed(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError("is not a whole number of 0 or more")
    return int(text) if text else None


def _number(*, least: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError("is not a number") from None
        if not least <= number < float("inf"):
            raise ValueError(f"must be a number of {least:g} or more")
        return number

    return read
