"""One request from its arrival to its answer, the same for every service.

attempt line → refusal or knob error → the ledger decides → latency → hold *before the effect* → effect line and commit
→ hold *after the commit* → reply line → the skin (HTTP, SMTP) answers. A request that has arrived whole is worked on to
its end whether or not its client still waits: that is what a real server does, and what leaves a late effect behind a
client that has given up. Only one that is abandoned at a hold before its effect ends there: nothing has happened, its
key is free again, and its connection is closed without a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from scenarios.world.board import Abandoned, Arrival, Board
from scenarios.world.holds import HoldPoint
from scenarios.world.knobs import Knobs
from scenarios.world.ledger import Conflict, Effect, InFlight, Ledger, New, Replay, Request, Withdrawn
from scenarios.world.recorder import Recorder


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
    """Where the requests of all services go through."""

    def __init__(self, ledger: Ledger, recorder: Recorder, knobs: Knobs, board: Board) -> None:
        self._ledger = ledger
        self._recorder = recorder
        self._knobs = knobs
        self._board = board
        self._tasks: set[asyncio.Task[Answer]] = set()

    async def handle(
        self,
        request: Request,
        statuses: Statuses,
        *,
        problem: str | None = None,
        committed: Callable[[Effect], None] = _nothing,
    ) -> Answer:
        """Take a request to its answer. Cancelling this call does not stop the work on the request.

        :param problem: what is wrong with it, when the skin could not read it; it is recorded and refused.
        :param committed: called right after a new effect was committed, before any reply.
        """
        task = asyncio.create_task(self._work(request, statuses, problem, committed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def withdraw(self, request: Request, operation: str, *, problem: str | None = None) -> Answer:
        """Close the request's key for an operation: accepted; or replayed, with the effect that was made under it.

        :param problem: as for :meth:`handle`.
        """
        attempt_id, fate = self._recorder.attempted(request), self._knobs.draw(request.service)
        await asyncio.sleep(fate.latency_seconds)
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

    async def finish(self) -> None:
        """Wait for the requests that are still worked on; release the holds first."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(
        self, request: Request, statuses: Statuses, problem: str | None, committed: Callable[[Effect], None]
    ) -> Answer:
        attempt_id = self._recorder.attempted(request)
        fate = self._knobs.draw(request.service)
        if problem is not None:
            return self._reply(attempt_id, Answer("refused", statuses.refused, problem))
        if fate.refuse:
            return self._reply(attempt_id, Answer("refused", statuses.refused, f"{request.service} refuses everything"))
        if fate.error_status is not None:
            status = statuses.error or fate.error_status
            return self._reply(attempt_id, Answer("error", status, f"{request.service} has failed, try later"))
        decision = self._ledger.begin(request)
        if isinstance(decision, New):
            arrival = self._board.arrived(request, decision.ordinal, attempt_id)
            return await self._work_new(arrival, fate.latency_seconds, committed, statuses)
        await asyncio.sleep(fate.latency_seconds)
        return self._reply(attempt_id, _answer_known(decision, statuses))

    async def _work_new(
        self, arrival: Arrival, latency_seconds: float, committed: Callable[[Effect], None], statuses: Statuses
    ) -> Answer:
        attempt_id = arrival.attempt_id
        try:
            await asyncio.sleep(latency_seconds)
            await self._board.stand(arrival, HoldPoint.BEFORE_EFFECT)
            effect = self._recorder.committed(arrival.request, attempt_id)
        except Abandoned:
            self._ledger.abandon(arrival.request)
            return self._reply(attempt_id, Answer("abandoned", None, ""))
        except BaseException:
            self._ledger.abandon(arrival.request)
            raise
        committed(effect)
        await self._board.stand(arrival, HoldPoint.AFTER_COMMIT)
        if self._board.drops(arrival):
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
