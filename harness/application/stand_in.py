"""Gateways that do nothing, for asking an application how it makes its workers where there is nothing to reach.

They can be handed on, called, entered and gone through, and give more of the same. What decides by one, such as
``if ports.audited``, is refused: the answer would be made up, and the workers others than those that ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn


class StandIn:
    """One gateway, or whatever it gives.

    :param name: how it was come by, for the error: "ports.bank".
    """

    def __init__(self, name: str) -> None:
        self.__name = name

    def __getattr__(self, name: str) -> StandIn:
        # What Python and the SDK look for on anything is not there.
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name}.{name}")

    def __call__(self, *given: object, **options: object) -> StandIn:
        return StandIn(f"{self.__name}(…)")

    def __getitem__(self, key: object) -> StandIn:
        return StandIn(f"{self.__name}[{key!r}]")

    def __iter__(self) -> Iterator[StandIn]:
        yield StandIn(f"one of {self.__name}")

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *raised: object) -> None:
        """Let what was raised pass."""

    def __repr__(self) -> str:
        return f"<{self.__name}>"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return other is self or (False if isinstance(other, StandIn) else self._decide())

    def _decide(self, *given: object) -> NoReturn:
        raise TypeError(f"it decides by {self.__name}, and no gateway is there to ask; decide by the settings")

    __bool__ = __len__ = __contains__ = __int__ = __float__ = __index__ = _decide
    __lt__ = __le__ = __gt__ = __ge__ = _decide


def stand_ins_in(options: dict[str, Any]) -> list[StandIn]:
    """Those that are part of what a worker is made with, though none of its activities."""
    parts = [each for name, each in options.items() if name not in ("activities", "nexus_service_handlers")]
    several = [each for part in parts if isinstance(part, list | tuple) for each in part]
    return [each for each in (*parts, *several) if isinstance(each, StandIn)]
