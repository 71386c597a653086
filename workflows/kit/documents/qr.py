"""Draws QR codes."""

from __future__ import annotations

import segno

QUIET_MODULES = 4
"""How much white readers need on each side."""

DARK, LIGHT = 0, 255

_MASK = 3
# Trying all eight masks takes four times as long, and readers do not mind which it is.


def qr_code(text: str) -> list[list[int]]:
    """The QR code of a text, error correction M: rows of grey values, a value a module, with the quiet zone."""
    code = segno.make_qr(text, error="m", mask=_MASK, boost_error=False)
    return [[DARK if module else LIGHT for module in row] for row in code.matrix_iter(border=QUIET_MODULES)]
