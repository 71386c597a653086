"""Signatures of payment webhooks: ``Payment-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>." + body>``.

The time is part of what is signed, so an old call cannot be played back outside the tolerance. Inside it the payment id
makes a repeat harmless. No I/O and no clock: the caller says what time it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re

_HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class SignatureRefused(ValueError):
    """The signature is missing, malformed, wrong or outside the time window."""


def sign(secret: str, body: bytes, *, at_seconds: int) -> str:
    """The header value for a body signed at this Unix time."""
    return f"t={at_seconds},v1={_digest(secret, body, str(at_seconds))}"


def verify(secret: str, body: bytes, header: str | None, *, now_seconds: float, tolerance_seconds: int) -> None:
    """Check a header against the raw body, comparing in constant time.

    :param now_seconds: the Unix time now; the signed time may lie ``tolerance_seconds`` before or after it.
    :raises SignatureRefused: saying which of the checks failed, but nothing that helps to forge.
    """
    parts = _HEADER.fullmatch(header or "")
    if not parts:
        raise SignatureRefused("the header Payment-Signature is missing or not of the form t=<unix seconds>,v1=<hex>")
    signed_at, given = parts.groups()
    if not hmac.compare_digest(_digest(secret, body, signed_at), given):
        raise SignatureRefused("the signature does not match the body")
    if abs(now_seconds - int(signed_at)) > tolerance_seconds:
        raise SignatureRefused(f"the signature is outside the window of {tolerance_seconds} s")


def _digest(secret: str, body: bytes, signed_at: str) -> str:
    return hmac.new(secret.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()
