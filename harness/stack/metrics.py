"""Reads what a process says of itself at its ``/metrics``, in the text format of Prometheus.

Where it fits: faults of the server find in it what the server refused or failed to do, and load what went on inside.
A dev server's page has 1.6 MB and ten thousand samples, of which some forty are wanted: lines are chosen before they
are taken apart. Not covered: histograms as such (their parts are samples like others), time stamps, exemplars.
"""

from __future__ import annotations

from collections.abc import Iterable

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from harness.errors import EnvironmentMissing


async def read_metrics(http: httpx.AsyncClient, url: str, *names: str) -> tuple[Sample, ...]:
    """The samples that a URL has now of which the names begin with one of these.

    :raises EnvironmentMissing: it does not answer with 200, or one of their lines is no sample.
    """
    try:
        answer = await http.get(url, timeout=5.0)
        answer.raise_for_status()
        return parse_metrics(answer.text, *names)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise EnvironmentMissing(f"{url} does not show its metrics: {error!r}") from error


def parse_metrics(text: str, *names: str) -> tuple[Sample, ...]:
    """The samples of a text of which the names begin with one of these.

    :raises ValueError: one of their lines is no sample.
    """
    # Comments never begin so, and that is as well: where the parser is told that something is a counter, it renames it.
    lines = "\n".join(line for line in text.split("\n") if line.startswith(names))
    return tuple(sample for family in text_string_to_metric_families(lines) for sample in family.samples)


def total(samples: Iterable[Sample], name: str, **labels: str) -> float:
    """The sum of all samples of this name that have these labels, whatever others they have."""
    return sum(
        sample.value
        for sample in samples
        if sample.name == name and all(sample.labels.get(label) == value for label, value in labels.items())
    )
