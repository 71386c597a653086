"""A container is on its network when the engine says so, whatever it was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from harness.errors import EnvironmentMissing
from harness.stack.containers.network import ContainerNetwork


@dataclass
class Engine:
    """One container; ``deaf`` does nothing that it is asked."""

    networks: dict[str, object]
    deaf: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *words: str, **_: object) -> str:
        self.asked.append(words)
        if words[:2] == ("network", "connect") and not self.deaf:
            self.networks[words[-2]] = {}
        return json.dumps(self.networks)


def tie(engine: Engine) -> ContainerNetwork:
    return ContainerNetwork("stack-postgres-1", "stack_default", ("postgresql",), ask=engine.ask)


async def test_one_that_is_connected_stays_as_it_is() -> None:
    engine = Engine({"stack_default": {}})
    await tie(engine).attach()
    assert not [words for words in engine.asked if words[0] == "network"]


async def test_one_that_is_not_back_is_not_healed() -> None:
    engine = Engine({}, deaf=True)
    with pytest.raises(EnvironmentMissing, match="stack-postgres-1 is not back on the network stack_default"):
        await tie(engine).attach()
    engine.deaf = False
    await tie(engine).attach()
    assert engine.asked[-2] == ("network", "connect", "--alias", "postgresql", "stack_default", "stack-postgres-1")
