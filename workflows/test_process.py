"""The two production processes as their users run them: what they do, how they stop, and what they exit with."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

import workflows.api.__main__
import workflows.worker
from workflows.invoices.model import InvoiceResult, Status
from workflows.invoices.uploads.test_csv_input import GOOD, text

ROOT = Path(__file__).parent.parent
LONGEST_SECONDS = 60


@pytest.fixture
def environment(
    temporal_address: str, tmp_path: Path, free_ports: Callable[[int], list[int]], pytestconfig: pytest.Config
) -> dict[str, str]:
    """What both processes read; the lines they run count wherever this process's own are counted."""
    measured = {"COVERAGE_PROCESS_START": "pyproject.toml"} if pytestconfig.pluginmanager.hasplugin("_cov") else {}
    settings = {
        "TEMPORAL_ADDRESS": temporal_address,
        "TEMPORAL_TASK_QUEUE": f"test-{uuid.uuid4()}",
        "TRAF3LI_API_ADDRESS": f"127.0.0.1:{free_ports(1)[0]}",
        "TRAF3LI_BOOKS_URL": f"sqlite:///{tmp_path}/books.db",
        "TRAF3LI_WEBHOOK_SECRET": "s3cret",
    }
    return {**os.environ, **settings, **measured}


@asynccontextmanager
async def running(module: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def end(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Exit code and log of a process that ends, or has been told to."""
    async with asyncio.timeout(LONGEST_SECONDS):
        _, log = await process.communicate()
    return process.returncode, log.decode()


async def serves(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            try:
                assert (await http.get("/healthz")).status_code == 200
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


async def processed(http: httpx.AsyncClient, invoice_id: str) -> str:
    """The invoice's workflow id; asked for again while Temporal takes longer than the API waits for it."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while (answer := await http.post(f"/invoices/{invoice_id}/process")).status_code == 503:
            pass
    return str(answer.json()["workflow_id"])


async def test_an_invoice_goes_through_both_and_both_stop_in_order(client: Client, environment: dict[str, str]) -> None:
    invoice_id = f"INV-{uuid.uuid4()}"
    # Its tax number is wrong: it ends in the books alone, without the world outside.
    upload = text(GOOD | {"invoice_id": invoice_id, "customer_tax_number": "1"})
    base_url = f"http://{environment['TRAF3LI_API_ADDRESS']}"
    async with (
        running("workflows.api", environment) as api,
        running("workflows.worker", environment) as worker,
        httpx.AsyncClient(base_url=base_url, timeout=LONGEST_SECONDS) as http,
    ):
        await serves(http)
        uploaded = await http.post("/invoices", content=upload, headers={"content-type": "text/csv"})
        assert uploaded.json()["accepted"] == [invoice_id]
        workflow_id = await processed(http, invoice_id)
        async with asyncio.timeout(LONGEST_SECONDS):
            result = await client.get_workflow_handle(workflow_id, result_type=InvoiceResult).result()
        assert result.status is Status.INVALID
        assert (await http.get(f"/invoices/{invoice_id}")).json()["status"] == "invalid"
        worker.send_signal(signal.SIGTERM)
        code, log = await end(worker)
        assert (code, "draining" in log) == (0, True)
        api.send_signal(signal.SIGTERM)
        assert (await end(api))[0] == 0


@pytest.mark.parametrize("main", [workflows.api.__main__.main, workflows.worker.main], ids=["api", "worker"])
def test_settings_that_cannot_be_used_end_it_with_2(
    main: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAF3LI_SMTP_ADDRESS", "nowhere")
    assert main() == 2
    assert "TRAF3LI_SMTP_ADDRESS is 'nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize("secret", ["", " ", "change-me"])
def test_an_api_that_would_believe_anybody_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    monkeypatch.setenv("TRAF3LI_WEBHOOK_SECRET", secret)
    assert workflows.api.__main__.main() == 2
    assert "anybody could report payments" in capsys.readouterr().err


async def test_a_worker_without_temporal_ends_with_1(
    environment: dict[str, str], free_ports: Callable[[int], list[int]]
) -> None:
    async with running("workflows.worker", environment | {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_ports(1)[0]}"}) as away:
        code, log = await end(away)
    assert (code, "the worker cannot go on" in log) == (1, True)
    assert "Traceback" not in log
