"""The links of a stack: who reaches whom through which proxy, by name.

Where it fits: a stack that puts Toxiproxy between its parts offers them as ``site.links``, and link faults break them
by name. A stack without any (`dev`) offers none, and is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.stack.links.toxiproxy import Toxiproxy


@dataclass(frozen=True)
class Link:
    """One connection of the stack that can be broken. Its proxy bears the same name.

    ``source`` connects to ``target``. ``inside`` says that its proxy listens in a network of its own, where the harness
    cannot try it. ``lock`` is held by a fault from injecting to healing, so that two faults never
    share a link.
    """

    name: str
    source: str
    target: str
    toxiproxy: Toxiproxy
    inside: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False, repr=False)

    def __str__(self) -> str:
        """The link in evidence: its ends stand there as words of their own, as checks look for them."""
        return f"link {self.name} (from {self.source} to {self.target})"


def by_name(links: Iterable[Link]) -> dict[str, Link]:
    """The table that a site offers."""
    return {link.name: link for link in links}


def link_called(name: str, links: Mapping[str, Link]) -> Link:
    """The link of that name.

    :raises UsageError: the stack has none; the message names those it has.
    """
    if name not in links:
        others = f"it has {', '.join(sorted(links))}" if links else "it has none at all; the stack `full` has"
        raise UsageError(f"this stack has no link {name!r}; {others}")
    return links[name]
