"""What `docs/load.md` shows is so: its tables of latency, its options, its commands and its locustfile."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.load.arrivals.arrivals import parse_arrivals
from harness.load.client.options import OPTIONS
from harness.load.judge.bounds import parse_thresholds
from harness.load.report.table import table_lines
from harness.load.testing_outcomes import closed_outcome, paused_outcome
from load.company import COMPANY_MIX, EVERYDAY_MIX, EXTRAS, HABITS, parse_mix
from load.company_options import COMPANY_OPTIONS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "load.md").read_text(encoding="utf-8")
CONSOLE = [
    line.split(" #")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.S)
    for line in block.splitlines()
]
IN_YAML = [" ".join(shlex.split(found.replace(",", " "))) for found in re.findall(r"command: \[(.*)\]", PAGE)]
NAMES = (*OPTIONS, *(option.name for option in COMPANY_OPTIONS))
LOCUST = sorted({line for line in (*CONSOLE, *IN_YAML) if line.startswith("locust ")})


def listed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What locust says to arguments that ask for nothing but the names of the users."""
    command = [sys.executable, "-m", "locust", *arguments, "--list"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_there_are_commands_to_try() -> None:
    assert len(LOCUST) >= 7


@pytest.mark.parametrize("line", LOCUST)
def test_locust_takes_the_arguments(line: str) -> None:
    ended = listed(*shlex.split(line)[1:])
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"^Available Users:\n +\w+User$", ended.stdout, re.M)


def test_an_argument_that_there_is_not_would_be_refused() -> None:
    ended = listed("-f", "load/invoices.py", "--arrival", "poisson", "--ratio", "5")
    assert ended.returncode == 2
    assert "unrecognized arguments: --ratio" in ended.stderr


def test_the_locustfile_of_the_page_is_one(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    file = tmp_path / "orders.py"
    file.write_text(code)
    ended = listed("-f", str(file))
    assert "OrderUser" in ended.stdout, ended.stderr


@pytest.mark.parametrize("text", re.findall(r"^\| `([a-z][a-z-]*(?::[^`]*)?)` \|", PAGE.split("## Raw")[0], re.M))
def test_a_shape_of_arrivals_is_one(text: str) -> None:
    parse_arrivals(text)


def test_every_threshold_is_one() -> None:
    table = PAGE.split("## Thresholds")[1].split("## Verdict")[0]
    texts = [text for text in re.findall(r"`([^`]+)`", table) if re.search(r"[<>]", text)]
    assert len(texts) > 8
    parse_thresholds([text.removeprefix("--thresholds ").strip("'") for text in texts])


def test_every_option_is_explained() -> None:
    assert [name for name in NAMES if f"`--{name}`" not in PAGE.split("## Options")[1]] == []


def test_the_default_mixes_and_all_that_they_are_made_of_are_named() -> None:
    text = PAGE.split("## Options")[1].split("## By hand")[0]
    for mix in (EVERYDAY_MIX, COMPANY_MIX):
        assert f"`{mix}`" in text
    assert [name for name in (*HABITS, *EXTRAS) if f"| `{name}` |" not in text] == []


def test_help_lists_none_of_our_options_as_the_page_says() -> None:
    command = [sys.executable, "-m", "locust", "-f", "load/invoices.py", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "--headless" in told
    assert [name for name in NAMES if f"--{name} " in told] == []


def test_a_wrong_word_is_answered_with_the_right_ones() -> None:
    with pytest.raises(UsageError) as refused:
        parse_mix("?")
    assert [name for name in (*HABITS, *EXTRAS) if name not in str(refused.value)] == []


def test_the_tables_of_latency_are_what_is_printed() -> None:
    for outcome in (closed_outcome(), paused_outcome()):
        lines = table_lines(outcome)
        completion = next(line for line in lines if line.startswith("completion"))
        assert "\n".join([*lines[:2], completion]) in PAGE
