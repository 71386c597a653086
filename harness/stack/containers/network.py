"""What ties a container to the network of its stack, and can be cut: `docker network disconnect` and `connect`.

Harder than a cut link: the whole host is gone for everybody. Its neighbours' connections and its own hang rather than
end, and its published ports are gone until it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from harness.errors import EnvironmentMissing, UsageError
from harness.stack.containers.signals import Ask
from harness.stack.docker import docker, read


class Attachment(Protocol):
    """A process's tie to the network, which can be cut and tied again."""

    async def detach(self) -> str:
        """Cut it, and return what the engine then says, as evidence."""

    async def attach(self) -> None:
        """Tie it again, under its old names. Idempotent."""


@dataclass(frozen=True)
class ContainerNetwork:
    """One container on one network, where the others know it by ``aliases``."""

    container: str
    network: str
    aliases: tuple[str, ...]
    ask: Ask = field(default=docker, compare=False, repr=False)

    async def detach(self) -> str:
        """Disconnect it.

        :raises EnvironmentMissing: the engine refused, or still has it on the network.
        """
        await asyncio.to_thread(self.ask, "network", "disconnect", self.network, self.container)
        if self.network in await self._networks():
            raise EnvironmentMissing(f"{self.container} is still on the network {self.network}")
        return f"the engine has {self.container} on no network of the stack"

    async def attach(self) -> None:
        """Connect it, where it is not connected.

        :raises EnvironmentMissing: the engine refused, or does not have it on the network.
        """
        if self.network not in await self._networks():
            names = [word for alias in self.aliases for word in ("--alias", alias)]
            await asyncio.to_thread(self.ask, "network", "connect", *names, self.network, self.container)
        if self.network not in await self._networks():
            raise EnvironmentMissing(f"{self.container} is not back on the network {self.network}")

    async def _networks(self) -> set[str]:
        shown = await asyncio.to_thread(
            self.ask, "container", "inspect", "--format", "{{json .NetworkSettings.Networks}}", self.container
        )
        return set(read(shown, asked=f"container inspect {self.container}") or {})


def attachment_of(process: str, attachments: Mapping[str, Attachment]) -> Attachment:
    """What ties a process to its network.

    :raises UsageError: nothing that could be cut does; the message names those of which something does.
    """
    if process not in attachments:
        others = f"it has {', '.join(sorted(attachments))}" if attachments else "only the stack `compose` has any"
        raise UsageError(f"this stack has no container {process!r} on a network of its own; {others}")
    return attachments[process]
