"""The signature of a webhook: ``Payment-Signature: t=<unix seconds>,v1=<hex>``, as Stripe's.

The MAC is HMAC-SHA256 over the time, a dot and the raw body, so neither can be changed, and an old delivery cannot be
sent again later as a fresh one.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "Payment-Signature"


def sign(secret: str, at_unix_seconds: int, body: bytes) -> str:
    """The header's value for this body, signed at this time."""
    mac = hmac.new(secret.encode(), f"{at_unix_seconds}.".encode() + body, hashlib.sha256)
    return f"t={at_unix_seconds},v1={mac.hexdigest()}"
