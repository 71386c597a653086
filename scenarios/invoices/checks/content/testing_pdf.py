"""Writes small PDF files for the tests of what reads them: lines of text and nothing else, as a typesetter writes them.

Each letter is a glyph of one font that says what its glyphs stand for; Arabic runs are drawn backwards and say so.
"""

from __future__ import annotations

import itertools
import unicodedata
import zlib
from collections.abc import Mapping, Sequence


def pdf_of(*pages: Sequence[str], font: str | None = None) -> bytes:
    """A file of these pages, each given by its lines.

    :param font: a simple font in which all is written from left to right instead, in Windows-1252.
    """
    numbers = range(5, 5 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    letters = sorted({letter for lines in pages for line in lines for letter in line})
    codes = {letter: code for code, letter in enumerate(letters, start=1)}
    own = "/Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /ToUnicode 4 0 R"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [ {kids} ] >>".encode(),
        f"<< /Type /Font {font or own} >>".encode(),
        _stream(_to_unicode(codes)),
    ]
    for number, lines in zip(numbers, pages, strict=True):
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] {resources} /Contents {number + 1} 0 R >>"
        drawn = (_drawn(line, 800 - 14 * row, None if font else codes) for row, line in enumerate(lines))
        objects += [page.encode(), _stream(b"".join(drawn))]
    return _file_of(objects)


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    head = f"<< /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _to_unicode(codes: Mapping[str, int]) -> bytes:
    pairs = "\n".join(f"<{code:04X}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items())
    return f"{len(codes)} beginbfchar\n{pairs}\nendbfchar\n".encode()


def _drawn(line: str, height: int, codes: Mapping[str, int] | None) -> bytes:
    if codes is None:
        return b"BT /F1 10 Tf 40 %d Td (%b) Tj ET\n" % (height, line.encode("cp1252"))
    runs = ("".join(run) for _, run in itertools.groupby(line, _is_arabic))
    return b"".join(_run(run, height, codes) for run in runs)


def _is_arabic(letter: str) -> bool:
    return unicodedata.bidirectional(letter) == "AL"


def _run(run: str, height: int, codes: Mapping[str, int]) -> bytes:
    back = _is_arabic(run[0])
    glyphs = "".join(f"{codes[letter]:04x}" for letter in (reversed(run) if back else run)).encode()
    marked = b"/ReversedChars BMC /F1 10 Tf <%b> Tj EMC" if back else b"/F1 10 Tf <%b> Tj"
    return b"BT 40 %d Td %b ET\n" % (height, marked % glyphs)


def _file_of(objects: Sequence[bytes]) -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        *(content, size, table, size, len(content)),
    )
