"""One request from its arrival to its answer, the same for every service, behind sockets and in memory.

attempt line → refusal or error (``faults``) → the register decides → latency → hold *before the effect* → effect line
and commit → hold *after the commit* → reply line → the skin (HTTP, SMTP) answers. A request that is abandoned before
its effect ends there: nothing has happened, its key is free again, and its connection is closed without a word.

No sockets, no clock, no event loop: it only waits for what its faults and its ``sleep`` wait for. Whoever serves it
sees to it that a request that has arrived whole is worked on to its end (``host``), as a real server does: that is
what leaves a late effect behind a client that has given up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.record.record import Effect
from scenarios.world.faults import Arrival, Fate, Faults
from scenarios.world.holds import HoldPoint
from scenarios.world.recorder import Recorder
from scenarios.world.register import Conflict, InFlight, New, Register, Replay, Request, Withdrawn


@dataclass(frozen=True)
class Statuses:
    """The statuses of one protocol. ``error`` is ``None`` where the knob names the status."""

    accepted: int
    refused: int
    conflict: int
    in_flight: int
    error: int | None


HTTP = Statuses(accepted=201, refused=400, conflict=422, in_flight=409, error=None)
SMTP = Statuses(accepted=250, refused=550, conflict=550, in_flight=451, error=451)


@dataclass(frozen=True)
class Answer:
    """What the skin has to say. ``status`` is ``None`` when it must close the connection without a word.

    ``outcome`` is accepted, replayed, conflict, in_flight, refused, error, dropped or abandoned.
    """

    outcome: str
    status: int | None
    message: str
    effect: Effect | None = None


def _nothing(effect: Effect) -> None:
    """A service that has nothing to do after a commit."""


class Intake:
    """Where the requests of all services go through.

    :param sleep: lets the latency of a request pass.
    """

    def __init__(
        self, register: Register, recorder: Recorder, faults: Faults, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._register = register
        self._recorder = recorder
        self._faults = faults
        self._sleep = sleep

    async def handle(
        self,
        request: Request,
        statuses: Statuses,
        *,
        problem: str | None = None,
        committed: Callable[[Effect], None] = _nothing,
    ) -> Answer:
        """Take a request to its answer.

        :param problem: what is wrong with it, when the skin could not read it; it is recorded and refused.
        :param committed: called right after a new effect was committed, before any reply.
        """
        attempt_id = self._recorder.attempted(request)
        fate = await self._faults.arriving(request)
        answer = await self._work(request, attempt_id, fate, statuses, problem, committed)
        if not fate.twice:
            return answer
        copy_id = self._recorder.attempted(request)
        return await self._work(request, copy_id, Fate(), statuses, problem, committed)

    async def ask(self, request: Request, *, problem: str | None = None) -> Answer:
        """Let a request through that changes nothing: 200, or why it is not answered.

        :param problem: as for :meth:`handle`.
        """
        attempt_id = self._recorder.attempted(request)
        fate = await self._faults.arriving(request)
        if problem is not None:
            return self._reply(attempt_id, Answer("refused", HTTP.refused, problem))
        if fate.refuse:
            return self._reply(attempt_id, Answer("refused", HTTP.refused, f"{request.service} refuses everything"))
        if fate.error_status is not None:
            message = f"{request.service} has failed, try later"
            return self._reply(attempt_id, Answer("error", fate.error_status, message))
        decision = self._register.begin(request)
        assert isinstance(decision, New), "a request without a key is always new"
        await self._sleep(fate.latency_seconds)
        arrival = Arrival(request, decision.ordinal, attempt_id)
        for point in (HoldPoint.BEFORE_EFFECT, HoldPoint.DROP_ACK):
            if not await self._faults.stand(arrival, point):
                return self._reply(attempt_id, Answer("abandoned", None, ""))
        return self._reply(attempt_id, Answer("answered", 200, "answered"))

    async def withdraw(self, request: Request, operation: str, *, problem: str | None = None) -> Answer:
        """Close the request's key for an operation: accepted; or replayed, with the effect that was made under it.

        :param problem: as for :meth:`handle`.
        """
        attempt_id = self._recorder.attempted(request)
        fate = await self._faults.arriving(request)
        await self._sleep(fate.latency_seconds)
        if problem is not None or request.key is None:
            return self._reply(attempt_id, Answer("refused", HTTP.refused, problem or "a key is needed"))
        if fate.refuse:
            return self._reply(attempt_id, Answer("refused", HTTP.refused, f"{request.service} refuses everything"))
        if fate.error_status is not None:
            return self._reply(attempt_id, Answer("error", fate.error_status, f"{request.service} has failed"))
        found = self._recorder.withdrawn((request.service, operation, request.key))
        if isinstance(found, InFlight):
            return self._reply(attempt_id, _answer_known(found, HTTP))
        if isinstance(found, Effect):
            return self._reply(attempt_id, Answer("replayed", HTTP.accepted, "accepted", found))
        return self._reply(attempt_id, Answer("accepted", HTTP.accepted, "accepted"))

    async def _work(
        self,
        request: Request,
        attempt_id: str,
        fate: Fate,
        statuses: Statuses,
        problem: str | None,
        committed: Callable[[Effect], None],
    ) -> Answer:
        if problem is not None:
            return self._reply(attempt_id, Answer("refused", statuses.refused, problem))
        if fate.refuse:
            return self._reply(attempt_id, Answer("refused", statuses.refused, f"{request.service} refuses everything"))
        if fate.error_status is not None:
            status = statuses.error or fate.error_status
            return self._reply(attempt_id, Answer("error", status, f"{request.service} has failed, try later"))
        decision = self._register.begin(request)
        if isinstance(decision, New):
            arrival = Arrival(request, decision.ordinal, attempt_id)
            return await self._work_new(arrival, fate.latency_seconds, statuses, committed)
        await self._sleep(fate.latency_seconds)
        return self._reply(attempt_id, _answer_known(decision, statuses))

    async def _work_new(
        self, arrival: Arrival, latency_seconds: float, statuses: Statuses, committed: Callable[[Effect], None]
    ) -> Answer:
        request, attempt_id = arrival.request, arrival.attempt_id
        try:
            await self._sleep(latency_seconds)
            if not await self._faults.stand(arrival, HoldPoint.BEFORE_EFFECT):
                self._register.abandon(request)
                return self._reply(attempt_id, Answer("abandoned", None, ""))
            effect = self._recorder.committed(request, attempt_id)
        except BaseException:
            self._register.abandon(request)
            raise
        committed(effect)
        await self._faults.stand(arrival, HoldPoint.AFTER_COMMIT)
        if not await self._faults.stand(arrival, HoldPoint.DROP_ACK):
            return self._reply(attempt_id, Answer("dropped", None, "", effect))
        return self._reply(attempt_id, Answer("accepted", statuses.accepted, "accepted", effect))

    def _reply(self, attempt_id: str, answer: Answer) -> Answer:
        effect_id = answer.effect.effect_id if answer.effect else None
        self._recorder.replied(attempt_id, answer.outcome, answer.status, effect_id)
        return answer


def _answer_known(decision: Replay | Conflict | InFlight | Withdrawn, statuses: Statuses) -> Answer:
    match decision:
        case Replay(effect):
            return Answer("replayed", statuses.accepted, "accepted", effect)
        case Conflict():
            return Answer("conflict", statuses.conflict, "this idempotency key was used with another body")
        case Withdrawn():
            return Answer("refused", statuses.conflict, "what this idempotency key was for has been withdrawn")
        case InFlight():
            return Answer("in_flight", statuses.in_flight, "a request with this idempotency key is in flight")
