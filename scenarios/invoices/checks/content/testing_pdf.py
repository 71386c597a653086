"""Writes small PDF files for the tests of what reads them: lines of text in the standard fonts, and nothing else."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence


def pdf_of(*pages: Sequence[str], font: str = "/BaseFont /Helvetica /Encoding /WinAnsiEncoding") -> bytes:
    """A file of these pages, each given by its lines. Letters outside Windows-1252 become signs of ZapfDingbats.

    :param font: what the others are written in.
    """
    numbers = range(5, 5 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [ {kids} ] >>".encode(),
        f"<< /Type /Font /Subtype /Type1 {font} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>",
    ]
    for number, lines in zip(numbers, pages, strict=True):
        resources = "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] {resources} /Contents {number + 1} 0 R >>"
        content = zlib.compress(b"".join(_drawn(line, 800 - 14 * row) for row, line in enumerate(lines)))
        stream = f"<< /Filter /FlateDecode /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"
        objects += [page.encode(), stream]
    return _file_of(objects)


def _drawn(line: str, height: int) -> bytes:
    runs = (_run("".join(run), latin) for latin, run in itertools.groupby(line, _is_latin))
    return b"BT 40 %d Td %b ET\n" % (height, b" ".join(runs))


def _is_latin(letter: str) -> bool:
    return bool(letter.encode("cp1252", errors="ignore"))


def _run(text: str, latin: bool) -> bytes:
    content = text.encode("cp1252") if latin else b"n" * len(text)
    for special in (b"\\", b"(", b")"):
        content = content.replace(special, b"\\" + special)
    return b"/F%d 10 Tf (%b) Tj" % (1 if latin else 2, content)


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
