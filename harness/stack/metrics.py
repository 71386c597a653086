"""Reads what a process says of itself at its ``/metrics``, in the text format of Prometheus.

Where it stands: faults of the server find in it what the server refused or failed to do. Not covered: histograms as
such (their parts are samples like others), time stamps, exemplars.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx

from harness.errors import EnvironmentMissing

_LINE = re.compile(r'([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? +(\S+)')
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class Sample:
    """One number: ``service_errors{operation="Poll"} 3``."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    value: float = 0.0


async def read_metrics(http: httpx.AsyncClient, url: str) -> tuple[Sample, ...]:
    """All samples that a URL has now.

    :raises EnvironmentMissing: it does not answer with 200.
    """
    try:
        answer = await http.get(url, timeout=5.0)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise EnvironmentMissing(f"{url} does not show its metrics: {error!r}") from error
    return parse_metrics(answer.text)


def parse_metrics(text: str) -> tuple[Sample, ...]:
    """The samples of a text; comments and what is no sample are passed over."""
    found = (_LINE.fullmatch(line.strip()) for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Sample(line[1], {name: _plain(value) for name, value in _LABEL.findall(line[2] or "")}, float(line[3]))
        for line in found
        if line is not None
    )


def total(samples: Iterable[Sample], name: str, **labels: str) -> float:
    """The sum of all samples of this name that have these labels, whatever others they have."""
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and all(sample.labels.get(label) == value for label, value in labels.items())
    )


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda escaped: _ESCAPES.get(escaped[1], escaped[0]), value)
