from __future__ import annotations

import pytest

from workflows.kit.signature import SignatureRefused, sign, verify

BODY, NOW = b'{"payment_id":"PAY-1"}', 1_700_000_000
HEADER = sign("secret", BODY, at_seconds=NOW)


def test_a_known_signature() -> None:
    # printf '1700000000.{"payment_id":"PAY-1"}' | openssl dgst -sha256 -hmac secret
    assert HEADER == "t=1700000000,v1=43d97821a4daf9afcaaa9c3fb36f8884e41ed9134de5e111224eb441d7bba82d"


@pytest.mark.parametrize("now", [NOW - 300, NOW, NOW + 300])
def test_inside_the_window(now: int) -> None:
    verify("secret", BODY, HEADER, now_seconds=now, tolerance_seconds=300)


@pytest.mark.parametrize(
    ("secret", "body", "header", "now"),
    [
        ("other", BODY, HEADER, NOW),
        ("secret", BODY + b" ", HEADER, NOW),
        ("secret", BODY, HEADER.replace("t=17", "t=18"), NOW),
        ("secret", BODY, HEADER, NOW + 301),
        ("secret", BODY, HEADER, NOW - 301),
        ("secret", BODY, None, NOW),
        ("secret", BODY, "", NOW),
        ("secret", BODY, HEADER + "\n", NOW),
        ("secret", BODY, "t=x,v1=y", NOW),
        ("secret", BODY, HEADER.upper(), NOW),
    ],
)
def test_anything_else_is_refused(secret: str, body: bytes, header: str | None, now: int) -> None:
    with pytest.raises(SignatureRefused):
        verify(secret, body, header, now_seconds=now, tolerance_seconds=300)
