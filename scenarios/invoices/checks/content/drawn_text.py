"""The text that the content of a PDF page draws, in the order in which it is read, by the rules of ISO 32000.

Fonts say by ``ToUnicode`` what their glyphs stand for. What stands under ``ReversedChars`` is drawn against the order
of reading, as text from right to left is (14.8.2.5.3), and an ``ActualText`` is what the glyphs below it stand for
(14.9.4). A glyph that stands for nothing is the box of a letter that the font does not have: ``BOX``.

Only what a typesetter writes plainly is read; ``Beyond`` is raised for the rest, which is for a whole library to read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from scenarios.invoices.checks.content.glyphs import Beyond, Glyphs
from scenarios.invoices.oracle.printing import BOX

NO_GLYPH = "\0"
"""The code of a letter that the font does not have."""


DEEPEST_BRACKETS = 6
"""A string may hold brackets in pairs, and pairs in pairs."""


def _string(depth: int) -> str:
    nested = f"|{_string(depth - 1)}" if depth else ""
    return rf"\((?:[^()\\]|\\.{nested})*+\)"


_STRING = _string(DEEPEST_BRACKETS)
_STRANGE = (b"(", b"<", b"[", b"%", b"BI", b"ID", b"EI")
_DRAWN = re.compile(rb"/(\S+)\s+Do\b")
# In a text object: a string, a hexadecimal one, an actual text, a font, a step of the marking, the end, what is beyond.
_TOKEN = re.compile(
    rf"({_STRING})|<([0-9A-Fa-f]*)>(?!>)|/Span\s*<<\s*/ActualText\s*(?:<([0-9A-Fa-f]*)>|({_STRING}))\s*>>\s*BDC\b"
    r"|/(\S+)\s+[-+0-9.]+\s+Tf\b|/ReversedChars\s+(BMC)\b|\b(BMC|BDC)\b|\b(EMC)\b|\b(ET)\b"
    r"|([%(]|\b(?:Do|BI|ID|EI)\b|['\"])".encode(),
    re.DOTALL,
)
_FLAT = r"\([^()\\]*+(?:\\.[^()\\]*+)*+\)"
# What most text objects are made of: one font and one array of strings; whether the text object ends with it.
_RUN = re.compile(
    rf"\s*(/ReversedChars\s+BMC\s)?[\s0-9.]*(?:Tr)?\s*/(\S+)\s+[-+0-9.]+\s+Tf[-+0-9.\s]+Tm\s*"
    rf"(\[(?:{_FLAT}|[-+0-9.\s]++)*+\]\s*TJ|{_FLAT}\s*Tj)\s*(EMC\b)?(\s*ET\b)?".encode(),
    re.DOTALL,
)
_FLAT_STRING = re.compile(rb"\(([^()\\]*+(?:\\.[^()\\]*+)*+)\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ODD = re.compile(rb"\\(?:[^0-7nrtbf()\\\n]|[4-7]|\\[()])")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


class _Runs(NamedTuple):
    """A text object: whether it is drawn backwards, and of each run the font and the strings, in brackets."""

    back: bool
    fonts: list[Glyphs]
    strings: list[bytes]


def drawn_texts(content: bytes, fonts: Mapping[bytes, Glyphs], pictures: Collection[bytes] = ()) -> list[str]:
    """The text of each text object.

    :param content: a page's, decoded.
    :param fonts: those that can be read, by their names without the slash.
    :param pictures: what may be drawn that holds no text.
    :raises Beyond: there is more to it than this function knows.
    """
    found: list[str | _Runs] = []
    position, between = 0, []
    while (begin := content.find(b"BT", position)) >= 0:
        between.append(content[position:begin])
        runs, position = _runs(content, begin + 2, fonts)
        if runs is None:
            text = _TextObject(fonts)
            position = text.read(content, begin + 2)
            found.append(text.said())
        else:
            found.append(runs)
    # No text can hide between them.
    rest = b" ".join((*between, content[position:]))
    if any(each in rest for each in _STRANGE) or not all(name in pictures for name in _DRAWN.findall(rest)):
        raise Beyond
    codes = iter(_codes_of_each([string for each in found if isinstance(each, _Runs) for string in each.strings]))
    return [_said(each, codes) if isinstance(each, _Runs) else each for each in found]


def _runs(content: bytes, position: int, known: Mapping[bytes, Glyphs]) -> tuple[_Runs | None, int]:
    """A text object that is made of runs alone, all in one direction, and where it ends; ``None`` for another."""
    fonts: list[Glyphs] = []
    strings: list[bytes] = []
    first: bytes | None = None
    while run := _RUN.match(content, position):
        back, name, string, end, closed = run.groups()
        font = known.get(name)
        if not strings:
            first = back
        if font is None or (back is None) != (end is None) or (back is None) != (first is None):
            break
        fonts.append(font)
        strings.append(string)
        position = run.end()
        if closed:
            return _Runs(back is not None, fonts, strings), position
    return None, position


def _said(runs: _Runs, codes: Iterator[str]) -> str:
    """What it says in the order of reading."""
    if runs.back:
        return "".join([next(codes)[::-1].translate(font) for font in runs.fonts][::-1])
    return "".join([next(codes).translate(font) for font in runs.fonts])


def _codes_of_each(strings: Sequence[bytes]) -> list[str]:
    """The codes of the glyphs of each, all decoded at once, with a code between them that no font has.

    A backslash before the end of a line means nothing, and ends the number of a code before it.
    """
    if not strings:
        return []
    shown = _unescaped(b"\\\n".join(_FLAT_STRING.findall(b"(\\377\\376)".join(strings))))
    codes = _codes(shown, escaped=False).split("\ufffe")
    # One of an odd length would shift the codes after it.
    if shown.count(b"\xff\xfe") != len(strings) - 1 or len(codes) != len(strings):
        raise Beyond
    return codes


class _TextObject:
    """What stands between BT and ET: glyphs in the order in which they are drawn, or backwards, but not both."""

    def __init__(self, fonts: Mapping[bytes, Glyphs]) -> None:
        self._fonts = fonts
        self._font: Glyphs | None = None
        self._pieces: list[str] = []
        self._ways: set[bool] = set()
        self._marks: list[str | bool | None] = []  # an actual text, whether what is below is reversed, or neither
        self._boxed = False

    def read(self, content: bytes, position: int) -> int:
        """Read to its end, and return where that is."""
        for token in _TOKEN.finditer(content, position):
            shown, digits, actual_digits, actual, font, reverse, mark, unmark, end, beyond = token.groups()
            if shown is not None:
                self._show(shown[1:-1])
            elif digits is not None:
                self._show(bytes.fromhex(digits.decode()), escaped=False)
            elif font is not None:
                self._font = self._fonts.get(font)
            elif unmark:
                self._unmark()
            elif end:
                return token.end()
            elif beyond:
                raise Beyond
            elif reverse or mark:
                self._marks.append(True if reverse else None)
            else:
                raw = bytes.fromhex(actual_digits.decode()) if actual is None else _unescaped(actual[1:-1])
                self._marks.append(_text_string(raw))
                self._boxed = False
        raise Beyond

    def said(self) -> str:
        """The text in the order of reading."""
        if len(self._ways) > 1 or self._marks:
            raise Beyond
        return "".join(reversed(self._pieces) if True in self._ways else self._pieces)

    def _show(self, string: bytes, *, escaped: bool = True) -> None:
        if self._font is None:
            raise Beyond
        codes = _codes(string, escaped=escaped)
        reversed_now = True in self._marks
        self._ways.add(reversed_now)
        self._boxed = self._boxed or NO_GLYPH in codes
        if any(isinstance(mark, str) for mark in self._marks):
            return
        if reversed_now:
            self._pieces += [self._font[ord(code)] for code in codes]
        else:
            self._pieces.append(codes.translate(self._font))

    def _unmark(self) -> None:
        if not self._marks:
            raise Beyond
        mark = self._marks.pop()
        if isinstance(mark, str):
            self._pieces.append(BOX if self._boxed else mark)


def _text_string(raw: bytes) -> str:
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _codes(string: bytes, *, escaped: bool = True) -> str:
    """The codes of a string's glyphs, a letter each."""
    shown = _unescaped(string) if escaped else string
    if len(shown) % 2:
        raise Beyond
    return shown.decode("utf-16-be", errors="surrogatepass")


def _unescaped(shown: bytes) -> bytes:
    if b"\\" not in shown:
        return shown
    if _ODD.search(shown):
        return _ESCAPE.sub(_unescape, shown)
    # What is left is escaped in Python as it is in PDF, but for the brackets.
    plain: bytes = codecs.escape_decode(shown.replace(b"\\(", b"(").replace(b"\\)", b")"))[0]
    return plain


def _unescape(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes([int(escape[1], 8) % 256])
    return _ESCAPED.get(escape[2], escape[2])
