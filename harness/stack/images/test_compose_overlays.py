"""All overlays at once: the application in containers, a server container per role, and links that can be cut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from harness.errors import WaitTimeout
from harness.poll import eventually
from harness.stack.images.testing_compose import Project, need_images, project, up
from harness.stack.links.toxiproxy import Toxiproxy

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900), pytest.mark.xdist_group("compose-up")]

HEADER = (
    "invoice_id,customer_name,customer_email,customer_tax_number,currency,issued_at,due_at,line,description,quantity,"
    "unit_price,tax_rate,line_total,invoice_total"
)
LINE = (
    "{id},Desert Rose Hotels,billing@customer.example,377336996592513,AED,2035-01-01T08:07:00+03:00,"
    "2035-01-31T05:07:00Z,1,Filing fee,1,1905.71,0.05,2001.00,2001.00"
)
SENT_WITHIN_SECONDS, UNSENT_SECONDS = 60.0, 3.0


@pytest.fixture(scope="module")
def whole() -> Iterator[Project]:
    with up(project("toxiproxy.yaml", "roles.yaml", "app.yaml", *need_images())) as made:
        yield made
    assert made.left() == {"container": [], "network": [], "volume": []}


@pytest.fixture
async def api(whole: Project) -> AsyncIterator[httpx.AsyncClient]:
    root = f"http://127.0.0.1:{whole.environment['API_PORT']}"
    async with httpx.AsyncClient(base_url=root, timeout=20, trust_env=False) as client:
        yield client


async def process(api: httpx.AsyncClient, invoice_id: str) -> None:
    """Upload an invoice and start its processing."""
    file = f"{HEADER}\n{LINE.format(id=invoice_id)}\n"
    answer = await api.post("/invoices", content=file, headers={"content-type": "text/csv"})
    assert answer.json() == {"accepted": [invoice_id], "refused": []}
    (await api.post(f"/invoices/{invoice_id}/process")).raise_for_status()


async def status(api: httpx.AsyncClient, invoice_id: str) -> str:
    return str((await api.get(f"/invoices/{invoice_id}")).raise_for_status().json()["status"])


async def sent(api: httpx.AsyncClient, invoice_id: str, within_seconds: float = SENT_WITHIN_SECONDS) -> None:
    async def is_sent() -> bool:
        return await status(api, invoice_id) == "sent"

    await eventually(is_sent, what=f"{invoice_id} to be sent", timeout_seconds=within_seconds)


async def test_an_invoice_is_sent(api: httpx.AsyncClient) -> None:
    await process(api, "INV-0001")
    await sent(api, "INV-0001")


async def test_a_link_that_is_cut_stops_the_worker_until_it_is_healed(api: httpx.AsyncClient, whole: Project) -> None:
    toxiproxy = Toxiproxy(f"http://127.0.0.1:{whole.environment['TOXIPROXY_API_PORT']}")
    try:
        await toxiproxy.disable("worker-frontend")
        await process(api, "INV-0002")
        with pytest.raises(WaitTimeout):
            await sent(api, "INV-0002", within_seconds=UNSENT_SECONDS)
        await toxiproxy.enable("worker-frontend")
        await sent(api, "INV-0002")
    finally:
        await toxiproxy.close()


async def test_a_role_that_was_killed_comes_back_alone(api: httpx.AsyncClient, whole: Project) -> None:
    whole.run("kill", "--signal", "KILL", "temporal-history")
    running = whole.run("ps", "--services", "--status", "running").split()
    assert "temporal-history" not in running
    assert {"temporal", "temporal-matching", "temporal-worker"} <= set(running)
    whole.run("up", "--wait", "--wait-timeout", "120", "temporal-history", timeout_seconds=180)
    await process(api, "INV-0003")
    await sent(api, "INV-0003")
