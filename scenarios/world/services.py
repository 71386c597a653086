"""All that one world offers, put together: the same behind sockets and in memory, so that the two cannot disagree.

Pure: what is not (the clock, the journal's file, the network, the event loop) is given. Data flow: ``serving`` or
``in_memory`` → **services** → desks → intake → register and journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from harness.record.journal import Journal
from scenarios.world.bodies import Endpoint
from scenarios.world.clock import Clock
from scenarios.world.faults import Faults
from scenarios.world.intake import Intake
from scenarios.world.keeper import Keep
from scenarios.world.mails import MailDesk
from scenarios.world.providers.accounting import STATEMENT, AccountingDesk
from scenarios.world.providers.deliverer import Deliverer, Post, Spawn
from scenarios.world.providers.payments import PaymentsDesk
from scenarios.world.providers.provider import Provider
from scenarios.world.providers.settlements import SETTLEMENTS
from scenarios.world.providers.statements import StatementDesk
from scenarios.world.recorder import Past, Recorder
from scenarios.world.register import Register


@dataclass(frozen=True)
class Surroundings:
    """What a world stands in.

    :param keep: where attachments go.
    :param post: sends a webhook to the application; ``secret`` signs it and stays out of reprs.
    :param spawn: does the deliveries of webhooks.
    """

    journal: Journal
    keep: Keep
    clock: Clock
    post: Post
    secret: str
    spawn: Spawn

    def __repr__(self) -> str:
        return f"Surroundings(clock={self.clock})"


@dataclass(frozen=True)
class Services:
    """The desks of one world.

    :param endpoints: service → path → what a POST there does.
    """

    endpoints: Mapping[str, Mapping[str, Endpoint]]
    mail: MailDesk
    payments: PaymentsDesk
    deliverer: Deliverer


def services_of(around: Surroundings, past: Past, register: Register, faults: Faults) -> Services:
    """The services of a world that goes on from its past.

    :param register: made of the same past.
    """
    recorder = Recorder(around.journal, register, past)
    intake = Intake(register, recorder, faults, around.clock.sleep)
    provider = Provider(past.effects, past.tries)
    deliverer = Deliverer(
        provider,
        register,
        recorder,
        post=around.post,
        secret=around.secret,
        clock=around.clock,
        spawn=around.spawn,
    )
    payments = PaymentsDesk(intake, provider, deliverer.start, past.effects)
    endpoints: dict[str, Mapping[str, Endpoint]] = {
        "accounting": AccountingDesk(intake).endpoints(),
        "payments": payments.endpoints(),
    }
    began = around.clock.unix() - around.clock.monotonic()
    for listing in (STATEMENT, SETTLEMENTS):
        desk = StatementDesk(
            listing,
            intake,
            recorder,
            register,
            lambda at_seconds: datetime.fromtimestamp(began + at_seconds, UTC),
            past.openings,
        )
        endpoints[listing.service] = {**endpoints[listing.service], **desk.endpoints()}
    return Services(endpoints, MailDesk(intake, around.keep), payments, deliverer)
