"""How a process reaches other services: over sockets, unless whoever starts it has something else in mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import httpx


class Transmit(Protocol):
    """Hands one message to a mail server, as ``aiosmtplib.send`` does, and raises what that raises."""

    async def __call__(
        self,
        message: bytes,
        /,
        *,
        sender: str,
        recipients: Sequence[str],
        **connection: Any,
    ) -> Any:
        """Return when the server has accepted the message.

        :param connection: the server's address, and how patient to be with it.
        """


@dataclass(frozen=True)
class Network:
    """The way out.

    :param http: carries requests instead of sockets.
    :param mail: carries mail instead of SMTP over a socket.
    """

    http: httpx.AsyncBaseTransport | None = None
    mail: Transmit | None = None


SOCKETS = Network()
"""The real one."""
