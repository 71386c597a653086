"""QR codes are read back by a library that did not draw them."""

from __future__ import annotations

import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from workflows.kit.documents.qr import DARK, LIGHT, QUIET_MODULES, qr_code


@settings(max_examples=20, deadline=None)
@given(st.text("ABCabc+/=0123456789", min_size=1, max_size=300))
def test_what_is_drawn_is_read(text: str) -> None:
    rows = qr_code(text)
    assert all(value == LIGHT for row in rows[:QUIET_MODULES] for value in row)
    assert {value for row in rows for value in row} == {DARK, LIGHT}
    picture = Image.frombytes("L", (len(rows), len(rows)), bytes(value for row in rows for value in row))
    [found] = zxingcpp.read_barcodes(picture.resize((4 * len(rows), 4 * len(rows)), Image.Resampling.NEAREST))
    assert found.text == text
