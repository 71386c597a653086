"""The client never takes a failure for a success: against a server on loopback that fails in every way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from harness.errors import UsageError
from harness.stack.links.fake_toxiproxy import FakeToxiproxy, Trouble, fake_toxiproxy
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxics import Bandwidth, Latency, LimitData, ResetPeer, Slicer, SlowClose, Timeout, Toxic
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.processes.ports import free_ports

BOOKS = Proxy("books", "127.0.0.1:15432", "127.0.0.1:5432")
LATENCY = Latency(300)

Call = Callable[[Toxiproxy], Awaitable[object]]
# Every call that writes, each on a proxy that was cut and has a toxic.
WRITES: dict[str, Call] = {
    "populate": lambda toxiproxy: toxiproxy.populate([BOOKS]),
    "disable": lambda toxiproxy: toxiproxy.disable("other"),
    "enable": lambda toxiproxy: toxiproxy.enable("books"),
    "add_toxic": lambda toxiproxy: toxiproxy.add_toxic("books", Timeout(0)),
    "update_toxic": lambda toxiproxy: toxiproxy.update_toxic("books", Latency(900)),
    "remove_toxic": lambda toxiproxy: toxiproxy.remove_toxic("books", "latency_downstream"),
    "remove_toxics": lambda toxiproxy: toxiproxy.remove_toxics("books"),
    "heal": lambda toxiproxy: toxiproxy.heal("books"),
    "reset": lambda toxiproxy: toxiproxy.reset(),
}


@pytest.fixture
async def fake() -> AsyncIterator[FakeToxiproxy]:
    async with fake_toxiproxy() as server:
        yield server


@pytest.fixture
async def broken(fake: FakeToxiproxy) -> AsyncIterator[Toxiproxy]:
    """A client of a server with one proxy that is cut and has a toxic, and one that is whole."""
    toxiproxy = fake.client()
    await toxiproxy.populate([BOOKS, Proxy("other", "127.0.0.1:15433", "127.0.0.1:5433")])
    await toxiproxy.add_toxic("books", LATENCY)
    await toxiproxy.disable("books")
    yield toxiproxy
    await toxiproxy.close()


@pytest.mark.parametrize("trouble", ["error", "lie", "hang", "nonsense"])
@pytest.mark.parametrize("call", WRITES)
async def test_a_write_that_did_not_happen_raises(
    fake: FakeToxiproxy, broken: Toxiproxy, call: str, trouble: Trouble
) -> None:
    fake.trouble = trouble
    with pytest.raises(ToxiproxyError) as caught:
        await WRITES[call](broken)
    assert caught.value.status == {"error": 500, "nonsense": 200}.get(trouble)
    assert ("address already in use" in caught.value.body) is (trouble == "error")
    assert "books" in str(caught.value) or "other" in str(caught.value) or fake.url in str(caught.value)


@pytest.mark.parametrize("call", WRITES)
async def test_the_same_write_without_trouble_is_fine_and_is_read_back(
    fake: FakeToxiproxy, broken: Toxiproxy, call: str
) -> None:
    fake.requests.clear()
    await WRITES[call](broken)
    assert not fake.requests[0].startswith("GET") or len(fake.requests) > 2
    assert fake.requests[-1].startswith("GET")


async def test_a_server_that_is_not_there_raises() -> None:
    toxiproxy = Toxiproxy(f"http://127.0.0.1:{free_ports(1)[0]}")
    with pytest.raises(ToxiproxyError, match="no answer") as caught:
        await toxiproxy.version()
    assert caught.value.status is None
    await toxiproxy.close()


async def test_a_proxy_that_is_not_there_raises(broken: Toxiproxy) -> None:
    for call in (broken.proxy, broken.heal, broken.enable, broken.remove_toxics):
        with pytest.raises(ToxiproxyError, match="proxy not found") as caught:
            await call("ghost")
        assert caught.value.status == 404


async def test_healing_takes_off_what_is_there_and_may_be_done_again(broken: Toxiproxy) -> None:
    assert "disabled with latency (latency 300, jitter 0)" in (await broken.proxy("books")).evidence()
    for _ in range(2):
        state = await broken.heal("books")
        assert state.whole
        assert state.evidence() == "proxy books reads back enabled"


async def test_a_toxic_that_is_gone_already_is_healed_all_the_same(fake: FakeToxiproxy, broken: Toxiproxy) -> None:
    await broken.remove_toxic("books", "latency_downstream")
    assert not (await broken.remove_toxic("books", "latency_downstream")).toxics
    assert (await broken.heal("books")).whole


async def test_populating_again_heals_what_is_there(broken: Toxiproxy) -> None:
    assert (await broken.populate([BOOKS]))["books"].whole
    assert set(await broken.proxies()) == {"books", "other"}


async def test_a_proxy_that_is_there_with_other_addresses_is_not_taken_for_ours(broken: Toxiproxy) -> None:
    # The fake keeps what it has; the real server replaces it.
    with pytest.raises(ToxiproxyError, match="reads back"):
        await broken.populate([Proxy("books", "127.0.0.1:15432", "127.0.0.1:9999")])


async def test_a_name_is_quoted(broken: Toxiproxy, fake: FakeToxiproxy) -> None:
    with pytest.raises(ToxiproxyError):
        await broken.proxy("../reset?x=1")
    assert fake.requests[-1] == "GET /proxies/..%2Freset%3Fx%3D1"


@pytest.mark.parametrize(
    ("listen", "upstream"),
    [
        ("0.0.0.0:5432", "127.0.0.1:5432"),
        ("127.0.0.1:5432", "10.0.0.7:5432"),
        ("127.0.0.1:5432", "db.example:5432"),
        ("localhost:5432", "127.0.0.1:5432"),
        ("127.0.0.1:0", "127.0.0.1:5432"),
        ("127.0.0.1", "127.0.0.1:5432"),
        (":5432", "127.0.0.1:5432"),
    ],
)
async def test_an_address_that_leaves_this_host_is_refused_before_anything_is_sent(
    fake: FakeToxiproxy, listen: str, upstream: str
) -> None:
    toxiproxy = Toxiproxy(fake.url)
    with pytest.raises(UsageError, match="proxy books"):
        await toxiproxy.populate([Proxy("books", listen, upstream)])
    assert fake.requests == []
    await toxiproxy.close()


async def test_other_hosts_are_allowed_on_request(fake: FakeToxiproxy) -> None:
    toxiproxy = Toxiproxy(fake.url, loopback_only=False)
    assert (await toxiproxy.populate([Proxy("a", "0.0.0.0:5432", "db.example:5432")]))["a"].whole
    with pytest.raises(UsageError):
        await toxiproxy.populate([Proxy("a", "host:5432", "db.example:5432")])
    await toxiproxy.close()


@pytest.mark.parametrize(
    "toxic", [Latency(-1), Bandwidth(0), SlowClose(-1), Timeout(-1), ResetPeer(-1), LimitData(-1), Slicer(5, 5)]
)
def test_a_toxic_that_makes_no_sense_is_refused(toxic: Toxic) -> None:
    with pytest.raises(UsageError):
        toxic.attributes()
