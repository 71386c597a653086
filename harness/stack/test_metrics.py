"""Metrics as a server writes them are read, and one that does not answer is an error."""

from __future__ import annotations

import httpx
import pytest

from harness.errors import EnvironmentMissing
from harness.stack.metrics import Sample, parse_metrics, read_metrics, total

TEXT = r"""# HELP service_errors_resource_exhausted service_errors_resource_exhausted counter
# TYPE service_errors_resource_exhausted counter
service_errors_resource_exhausted{namespace="default",operation="PollWorkflowTaskQueue",cause="RpsLimit"} 3
service_errors_resource_exhausted{namespace="default",operation="StartWorkflowExecution",cause="RpsLimit"} 1.5e+01
service_errors_resource_exhausted{namespace="other",operation="StartWorkflowExecution",cause="RpsLimit"} 7
odd{path="C:\\a}b",said="\"no\"\n"} +Inf
restarts 2

not a sample
"""


def test_samples_have_name_labels_and_value() -> None:
    samples = parse_metrics(TEXT)
    assert len(samples) == 5
    assert samples[3] == Sample("odd", {"path": "C:\\a}b", "said": '"no"\n'}, float("inf"))
    assert samples[4] == Sample("restarts", {}, 2.0)


def test_a_total_is_of_the_samples_with_all_the_labels() -> None:
    samples = parse_metrics(TEXT)
    refused = "service_errors_resource_exhausted"
    assert total(samples, refused) == 25
    assert total(samples, refused, namespace="default") == 18
    assert total(samples, refused, namespace="default", operation="PollWorkflowTaskQueue") == 3
    assert total(samples, refused, planet="moon") == 0
    assert total(samples, "nothing") == 0


@pytest.mark.parametrize("status", [200, 500])
async def test_they_are_read_or_it_is_an_error(status: int) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, text=TEXT))
    async with httpx.AsyncClient(transport=transport) as http:
        if status == 200:
            assert total(await read_metrics(http, "http://history/metrics"), "restarts") == 2
        else:
            with pytest.raises(EnvironmentMissing, match="http://history/metrics does not show its metrics"):
                await read_metrics(http, "http://history/metrics")
