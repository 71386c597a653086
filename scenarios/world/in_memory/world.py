"""One world in memory, in the time of whoever asks it, with what it saw as the part of a record.

Data flow: gateways of the application → ``http``, ``smtp`` → services → journal in memory → **world part** → record.
Nothing here is drawn: what goes wrong is what the given faults say, so the same requests in the same order are the
same journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.record.memory_journal import MemoryJournal
from harness.record.world_reader import WorldPart, world_part
from scenarios.world import SECRET_VARIABLE, world
from scenarios.world.clock import Clock
from scenarios.world.faults import Faults, NoFaults
from scenarios.world.in_memory.http import MemoryHttp, Work
from scenarios.world.in_memory.smtp import MemorySmtp
from scenarios.world.keeper import digest_of
from scenarios.world.providers.deliverer import Heard, Post
from scenarios.world.recorder import Past
from scenarios.world.register import Register
from scenarios.world.services import Surroundings, services_of

PORTS = {name: number for number, name in enumerate(world.services, start=1)}
"""Nobody listens there: they tell the services of a world in memory apart, in URLs as real ones have."""

SECRET = "known in this process alone"

NO_FAULTS = NoFaults()


@dataclass(frozen=True)
class MemoryWorld:
    """A world and the ways to it.

    :param http: for clients of its HTTP services, the application's and its customers'.
    :param smtp: takes the place of ``aiosmtplib.send``.
    :param attachments: what came attached to mails: digest → bytes.
    """

    journal: MemoryJournal
    http: MemoryHttp
    smtp: MemorySmtp
    attachments: Mapping[str, bytes]
    secret: str = field(repr=False)

    def environment(self) -> Mapping[str, str]:
        """The settings of an application that reaches it; its books are in memory, too."""
        described = world.environment(PORTS, Path(), "sqlite://")
        return {**described, "TRAF3LI_WEBHOOK_SECRET": self.secret, SECRET_VARIABLE: self.secret}

    def payments_url(self) -> str:
        """Where customers pay."""
        return world.payments_url(PORTS)

    def part(self) -> WorldPart:
        """What it has seen and done so far, as the record of a run has it."""
        return world_part(self.journal.lines)


async def nobody_hears(body: bytes, headers: Mapping[str, str]) -> Heard:
    """A webhook when the application has no API."""
    return Heard(None, error="nobody listens for webhooks")


def memory_world(
    clock: Clock, work: Work, *, faults: Faults = NO_FAULTS, post: Post = nobody_hears, secret: str = SECRET
) -> MemoryWorld:
    """A world in which nothing has happened yet.

    :param work: does its work.
    :param post: takes webhooks to the application; ``secret`` signs them.
    """
    attachments: dict[str, bytes] = {}

    def keep(content: bytes) -> str:
        digest = digest_of(content)
        attachments[digest] = content
        return digest

    journal = MemoryJournal("world", clock.monotonic)
    around = Surroundings(journal, keep, clock, post, secret, work.spawn)
    services = services_of(around, Past(), Register(), faults)
    http, smtp = MemoryHttp(services, PORTS, work), MemorySmtp(services.mail, work)
    return MemoryWorld(journal, http, smtp, attachments, secret)
