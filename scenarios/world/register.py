"""What the world has accepted, and what an idempotency key makes of the next request.

The pure core: no I/O, no clock, no asyncio, so the same decisions are taken behind sockets and in memory. A request
``begin``s, and when it is new it is later either ``commit``ted, which makes its effect and remembers its key in one
step, or ``abandon``ed. Rebuilt from the effects of an earlier process, it decides as that one did; requests that were
in flight there are forgotten, as nobody was told of them.

The rules are those of the IETF draft "The Idempotency-Key HTTP Header Field": a key seen with the same content gives
the first answer again, with other content it is refused, while the first is in flight it is a conflict. A key may also
be ``withdraw``n, as payments are stopped by their reference: what was accepted under it stands and is named; otherwise
nothing is accepted under it any more, however late a request comes.

Not covered: expiry of keys (none expires in a run) and what the content means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.record.record import Effect


@dataclass(frozen=True)
class Request:
    """What someone asks of a service.

    ``key`` identifies it (or ``None``), ``reference`` is the business object ("INV-0001"), ``digest`` the SHA-256 of
    its canonical content, ``detail`` that content as plain JSON. ``keyed`` says whether the service honours keys: SMTP
    does not, though a mail has a Message-ID.
    """

    service: str
    operation: str
    key: str | None
    reference: str
    digest: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    keyed: bool = True


@dataclass(frozen=True)
class New:
    """Nobody asked this before. ``ordinal`` counts the new requests of its service and operation, from 1."""

    ordinal: int


@dataclass(frozen=True)
class Replay:
    """The key was used for the same content: ``effect`` is the answer, and no other is made."""

    effect: Effect


@dataclass(frozen=True)
class Conflict:
    """The key was used for other content."""


@dataclass(frozen=True)
class InFlight:
    """A request with this key and content has begun and is not yet committed."""


@dataclass(frozen=True)
class Withdrawn:
    """Nothing was accepted under the key before it was withdrawn, and nothing will be."""


Decision = New | Replay | Conflict | InFlight | Withdrawn
Slot = tuple[str, str, str]
"""Service, operation and key."""


class Register:
    """The effects accepted so far and the keys that are taken.

    :param effects: those of earlier processes of the same world, in their order.
    :param withdrawn: the keys that were withdrawn then.
    """

    def __init__(self, effects: Iterable[Effect] = (), withdrawn: Iterable[Slot] = ()) -> None:
        self._withdrawn = set(withdrawn)
        self._effects: list[Effect] = []
        self._by_key: dict[Slot, Effect] = {}
        self._in_flight: dict[Slot, str] = {}
        self._begun: Counter[tuple[str, str]] = Counter()
        for effect in effects:
            self._begun[effect.service, effect.operation] += 1
            self._accept(effect, _slot(effect.service, effect.operation, effect.key))

    @property
    def effects(self) -> tuple[Effect, ...]:
        """All effects in the order they were committed."""
        return tuple(self._effects)

    def begun(self, service: str, operation: str) -> int:
        """How many new requests of this kind have begun, committed or not."""
        return self._begun[service, operation]

    def begin(self, request: Request) -> Decision:
        """Decide about a request. After ``New`` its key is in flight until it is committed or abandoned."""
        slot = _slot_of(request)
        if slot in self._withdrawn:
            return Withdrawn()
        if slot in self._by_key:
            effect = self._by_key[slot]
            return Replay(effect) if effect.digest == request.digest else Conflict()
        if slot in self._in_flight:
            return InFlight() if self._in_flight[slot] == request.digest else Conflict()
        if slot is not None:
            self._in_flight[slot] = request.digest
        self._begun[request.service, request.operation] += 1
        return New(self._begun[request.service, request.operation])

    def withdraw(self, slot: Slot) -> Effect | InFlight | Withdrawn:
        """Close a key under which nothing was accepted; what was accepted, or is in flight, is left as it is."""
        if slot in self._by_key:
            return self._by_key[slot]
        if slot in self._in_flight:
            return InFlight()
        self._withdrawn.add(slot)
        return Withdrawn()

    def draft(self, request: Request) -> dict[str, Any]:
        """The effect that committing this request now would make, but for what the record adds (when, of what kind).

        Changes nothing: write it down, then commit what was written.
        """
        fields = {name: value for name, value in vars(request).items() if name != "keyed"}
        return {"effect_id": f"effect-{len(self._effects) + 1}", **fields}

    def commit(self, request: Request, effect: Effect) -> Effect:
        """Accept a request that had begun as new, and its key with it.

        :param effect: what was drafted of it, as it stands in the record.
        :raises ValueError: the request's key is not in flight; committing it could make a second effect.
        """
        slot = _slot_of(request)
        if slot is not None and self._in_flight.pop(slot, None) is None:
            raise ValueError(f"{request.service}/{request.operation} key {request.key!r} is not in flight")
        self._accept(effect, slot)
        return effect

    def abandon(self, request: Request) -> None:
        """Forget a request that had begun as new: it has no effect and its key is free again."""
        slot = _slot_of(request)
        if slot is not None:
            self._in_flight.pop(slot, None)

    def _accept(self, effect: Effect, slot: Slot | None) -> None:
        self._effects.append(effect)
        if slot is not None:
            self._by_key.setdefault(slot, effect)


def _slot_of(request: Request) -> Slot | None:
    return _slot(request.service, request.operation, request.key) if request.keyed else None


def _slot(service: str, operation: str, key: str | None) -> Slot | None:
    return None if key is None else (service, operation, key)
