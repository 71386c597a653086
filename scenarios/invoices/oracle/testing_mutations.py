"""Makes bad files out of good ones, for fuzzing: a few cuts and pastes in bytes, in values and in structure.

Works on bytes and knows only where the values of a file are, so the same mutations serve every format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 10)
)
HOSTILE = (
    *(b"", b"0", b"-1", b"1e400", b"NaN", b"Infinity", b"0.005", b"9" * 17, b"9" * 400, b"1." + b"0" * 5_000, b"-0"),
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b", b"\r", b"\n", b"\n\n", b'"', b'""', b",", b"'"),
    *("\u202e".encode(), "\u0663".encode(), "\u00a0".encode(), "\U0001f4a3".encode(), b"x" * 200_000, b"," * 3_000),
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x?>", b"&e;", b"&#0;", b"&#x41;", b"&amp;"),
    *(_BOMB + b"]>&j;", b'<!DOCTYPE a SYSTEM "file:///etc/hostname">', b"<a>" * 40, b"<cbc:Note/>" * 25_000),
    *(b"<cac:Party>" * 40 + b"</cac:Party>" * 40, b'<cbc:Note xmlns:cbc="urn:other"/>', b' a="1" a="2"'),
    *(b"SAR", b"JPY", b"KWD", b"GBP", b"sar", b"2035-02-30", b"9999-12-31", b"0001-01-01", b"24:00:00", b"+99:99"),
)
"""Pieces that have broken readers of files before."""

LARGEST_TAKEN_APART = 50_000
"""Bytes; a file that a hostile piece has blown up is taken apart at its beginning only, or mutating takes minutes."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Anatomy:
    """Where the parts of a file of one format are.

    :param value: matches one value, its text being group 1.
    :param block: matches one part that may be left out, repeated or moved as a whole.
    """

    value: re.Pattern[bytes]
    block: re.Pattern[bytes]


Change = Callable[[bytes, Anatomy, Sequence[int]], bytes]


def mutated(files: Sequence[bytes], anatomy: Anatomy) -> st.SearchStrategy[bytes]:
    """One of the files after up to five changes; none at all now and then, so that good files are among them."""
    places = st.lists(st.integers(0, 2**16), min_size=3, max_size=3)
    changes = st.lists(st.tuples(st.sampled_from(CHANGES), places), max_size=5)
    return st.tuples(st.sampled_from(files), changes).map(lambda drawn: _applied(*drawn, anatomy))


def _applied(content: bytes, changes: list[tuple[Change, list[int]]], anatomy: Anatomy) -> bytes:
    for change, places in changes:
        content = change(content, anatomy, places)
    return content


def _flip(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    at = places[0] % (len(content) + 1)
    return content[:at] + bytes(byte ^ (1 << places[1] % 8) for byte in content[at : at + 1]) + content[at + 1 :]


def _cut(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    at = places[0] % (len(content) + 1)
    return content[:at] + content[at + places[1] % 40 :]


def _truncate(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    return content[: places[0] % (len(content) + 1)]


def _repeat(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    at = places[0] % (len(content) + 1)
    return content[: at + places[1] % 40] + content[at:]


def _insert(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    at = places[0] % (len(content) + 1)
    return content[:at] + HOSTILE[places[1] % len(HOSTILE)] + content[at:]


def _in_front(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    """A document type declaration counts only where it stands before the root."""
    head, end, rest = content.partition(b"?>\n")
    return head + end + HOSTILE[places[0] % len(HOSTILE)] + rest


def _recode(content: bytes, _: Anatomy, places: Sequence[int]) -> bytes:
    encoding = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "windows-1256")[places[0] % 6]
    return content.decode(errors="replace").encode(encoding, errors="replace")


def _replace_value(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    return _put(content, _values(content, anatomy), places, HOSTILE[places[1] % len(HOSTILE)])


def _digit(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    """Another digit somewhere: still a number, so only the sums can tell."""
    digits = [match.span() for match in re.finditer(rb"[0-9]", content)]
    return _put(content, digits, places, b"%d" % (places[1] % 10))


def _copy_value(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    values = _values(content, anatomy)
    begin, end = values[places[1] % len(values)] if values else (0, 0)
    return _put(content, values, places, content[begin:end])


def _swap_values(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    return _swap(content, _values(content, anatomy), places)


def _swap_blocks(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    return _swap(content, _blocks(content, anatomy), places)


def _drop_block(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    return _put(content, _blocks(content, anatomy), places, b"")


def _repeat_block(content: bytes, anatomy: Anatomy, places: Sequence[int]) -> bytes:
    blocks = _blocks(content, anatomy)
    begin, end = blocks[places[0] % len(blocks)] if blocks else (0, 0)
    return content[:begin] + content[begin:end] * 2 + content[end:]


def _put(content: bytes, spans: Sequence[Span], places: Sequence[int], piece: bytes) -> bytes:
    if not spans:
        return content
    begin, end = spans[places[0] % len(spans)]
    return content[:begin] + piece + content[end:]


def _swap(content: bytes, spans: Sequence[Span], places: Sequence[int]) -> bytes:
    if not spans:
        return content
    (b1, e1), (b2, e2) = sorted((spans[places[0] % len(spans)], spans[places[1] % len(spans)]))
    if e1 > b2:
        return content
    return content[:b1] + content[b2:e2] + content[e1:b2] + content[b1:e1] + content[e2:]


def _values(content: bytes, anatomy: Anatomy) -> list[Span]:
    return [match.span(1) for match in anatomy.value.finditer(content[:LARGEST_TAKEN_APART])]


def _blocks(content: bytes, anatomy: Anatomy) -> list[Span]:
    return [match.span() for match in anatomy.block.finditer(content[:LARGEST_TAKEN_APART])]


CHANGES: tuple[Change, ...] = (
    *(_flip, _cut, _truncate, _repeat, _insert, _in_front, _recode, _replace_value, _digit, _copy_value),
    *(_swap_values, _swap_blocks, _drop_block, _repeat_block),
)
"""Ways to change a file; the places say where, whatever numbers they are."""
