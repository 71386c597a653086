"""Metrics as a server writes them are read, and one that does not answer is an error."""

from __future__ import annotations

import httpx
import pytest

from harness.errors import EnvironmentMissing
from harness.stack.metrics import parse_metrics, read_metrics, total

REFUSED = "service_errors_resource_exhausted"
TEXT = r"""# HELP service_errors_resource_exhausted service_errors_resource_exhausted counter
# TYPE service_errors_resource_exhausted counter
service_errors_resource_exhausted{namespace="default",operation="PollWorkflowTaskQueue",cause="RpsLimit"} 3
service_errors_resource_exhausted{namespace="default",operation="StartWorkflowExecution",cause="RpsLimit"} 1.5e+01
service_errors_resource_exhausted{namespace="other",operation="StartWorkflowExecution",cause="RpsLimit"} 7
odd{path="C:\\a}b",said="\"no\"\n"} +Inf
restarts 2

not a sample
"""


def test_wanted_samples_have_name_labels_and_value() -> None:
    odd, restarts = parse_metrics(TEXT, "odd", "restarts")
    assert (odd.name, odd.labels, odd.value) == ("odd", {"path": "C:\\a}b", "said": '"no"\n'}, float("inf"))
    assert (restarts.name, restarts.labels, restarts.value) == ("restarts", {}, 2.0)


def test_a_counter_keeps_the_name_that_it_has_on_the_page() -> None:
    assert {sample.name for sample in parse_metrics(TEXT, REFUSED)} == {REFUSED}


def test_a_wanted_line_that_is_no_sample_is_an_error_and_any_other_is_passed_over() -> None:
    assert parse_metrics(TEXT, "nothing") == ()
    with pytest.raises(ValueError, match="to float"):
        parse_metrics(TEXT, "not")


def test_a_total_is_of_the_samples_with_all_the_labels() -> None:
    samples = parse_metrics(TEXT, REFUSED)
    assert total(samples, REFUSED) == 25
    assert total(samples, REFUSED, namespace="default") == 18
    assert total(samples, REFUSED, namespace="default", operation="PollWorkflowTaskQueue") == 3
    assert total(samples, REFUSED, planet="moon") == 0
    assert total(samples, "nothing") == 0


@pytest.mark.parametrize(("status", "wanted"), [(200, "restarts"), (200, "not"), (500, "restarts")])
async def test_they_are_read_or_it_is_an_error(status: int, wanted: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, text=TEXT))
    async with httpx.AsyncClient(transport=transport) as http:
        if (status, wanted) == (200, "restarts"):
            assert total(await read_metrics(http, "http://history/metrics", wanted), wanted) == 2
        else:
            with pytest.raises(EnvironmentMissing, match="http://history/metrics does not show its metrics"):
                await read_metrics(http, "http://history/metrics", wanted)
