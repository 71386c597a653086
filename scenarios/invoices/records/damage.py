"""Ways to damage a record: each file × lines dropped, doubled, changed, swapped; bits, ends, links, other runs' files.

Pure of judgement: a way is a name, a kind and a function that does it to a run directory. Which lines are struck is
drawn from the name of the file, so that the same record is always damaged in the same ways.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.record.integrity.seal import FILES, FOLDERS, SEAL

LINES_STRUCK = 3
BITS_STRUCK = 4
ALIKE = 2
BYTES: Mapping[str, bytes] = {
    "nothing": b"",
    "noise": bytes(range(256)) * 8,
    "an open bracket": b"[" * 100_000,
    "half a character": b'{"writer":"\xd8"}\n',
    "a number beyond all": b'{"writer":"world","seq":' + b"9" * 5000 + b"}\n",
    "an infinity": b'{"writer":"world","seq":1e999,"at_seconds":Infinity,"kind":"effect"}\n',
    "a list": b"[1]\n",
}


@dataclass(frozen=True)
class Damage:
    """One way: its name is unique, its ``kind`` what it has in common with others ("sample dropped")."""

    name: str
    kind: str
    do: Callable[[Path], None]


def damages(run: Path, other: Path) -> list[Damage]:
    """All ways to damage this record, none of which leaves it as it is.

    :param other: the record of another run, which lends its files.
    """
    names = [name for name in (*FILES, SEAL) if (run / name).is_file()]
    names += sorted(path.relative_to(run).as_posix() for folder in FOLDERS for path in (run / folder).rglob("*"))
    found = [damage for name in names for damage in _of_a_file(run, name, whole=name in _first_of_their_kind(names))]
    found += [damage for name in names for damage in _lent(run, other, name)]
    found += [_added(other, path.relative_to(other).as_posix()) for path in _samples(other)]
    return found


def changes_of_fields(run: Path) -> list[Damage]:
    """Each field of each kind of line, changed once: what a record says, altered with care."""
    found: dict[str, Damage] = {}
    for path in sorted((run / "journal").glob("*.jsonl")):
        for number, line in enumerate(map(json.loads, path.read_bytes().splitlines())):
            for field, value in line.items():
                kind = f"{line['kind']}.{field} changed"
                for altered in _altered(value):
                    if kind not in found and field not in ("seq", "writer", "kind"):
                        name = f"journal/{path.name}"
                        text = json.dumps({**line, field: altered}, ensure_ascii=False, separators=(",", ":"))
                        found[kind] = _line(name, kind, number, _instead(text.encode()))
    return list(found.values())


def _altered(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}-"
    elif isinstance(value, Mapping):
        yield from ({**value, key: altered} for key, inner in value.items() for altered in _altered(inner))
        yield {**value, "more": 1}
    elif isinstance(value, list):
        yield [*value, *value] if value else [1]
    else:
        yield "1"


def _first_of_their_kind(names: Sequence[str]) -> set[str]:
    """Of histories and attachments, which are all alike, a few are damaged in every way, and each in some."""
    some = {folder: [name for name in names if name.startswith(f"{folder}/")][:ALIKE] for folder in FOLDERS[1:]}
    return {name for name in names if name.split("/")[0] not in some or name in some[name.split("/")[0]]}


def _of_a_file(run: Path, name: str, *, whole: bool) -> Iterator[Damage]:
    """The ways to damage a file.

    :param whole: all of them, and not only one of each sort.
    """
    content = (run / name).read_bytes()
    draw = random.Random(name)
    lines = content.splitlines()
    struck = {0, len(lines) - 1, *(draw.randrange(len(lines)) for _ in range(LINES_STRUCK - 2))}
    for at in sorted(struck) if whole else (len(lines) // 2,):
        what = _kind(name, lines[at])
        yield _line(name, f"{what} dropped", at, lambda lines, at: [*lines[:at], *lines[at + 1 :]])
        yield _line(name, f"{what} doubled", at, lambda lines, at: [*lines[: at + 1], *lines[at:]])
        yield _line(name, f"{what} changed in a letter", at, _letter)
        other = next((more for more in range(at + 1, len(lines)) if lines[more] != lines[at]), None)
        if other is not None:
            yield _line(name, f"{what} swapped with a later line", at, _swapped(other))
    for _ in range(BITS_STRUCK if whole else 1):
        at, bit = draw.randrange(len(content)), draw.randrange(8)
        flipped = bytes([content[at] ^ (1 << bit)])
        yield _whole(
            name,
            f"bit {bit} of byte {at}",
            f"{_place(name)}: a bit flipped",
            content[:at] + flipped + content[at + 1 :],
        )
    yield Damage(f"{name}: deleted", f"{_place(name)} deleted", lambda folder: (folder / name).unlink())
    if not whole:
        return
    half = draw.randrange(1, len(content) - 1)
    yield _whole(name, f"cut after byte {half}", f"{_place(name)} cut off", content[:half])
    yield _whole(name, "without its last byte", f"{_place(name)} cut off", content[:-1])
    yield _whole(name, "with half a line more", f"{_place(name)}: half a line more", content + b'{"wri')
    for what, instead in BYTES.items():
        yield _whole(name, f"filled with {what}", f"{_place(name)} filled with {what}", instead)
    yield Damage(f"{name}: a link", f"{_place(name)} made a link", lambda folder: _linked(folder, name))
    yield Damage(f"{name}: a folder", f"{_place(name)} made a folder", lambda folder: _foldered(folder, name))


def _lent(run: Path, other: Path, name: str) -> Iterator[Damage]:
    """The other run's file of this name, or of this folder, in its place."""
    candidates = [other / name, *sorted((other / name).parent.glob("*"))]
    lender = next((path for path in candidates if path.is_file() and path.name != SEAL), None)
    if lender is not None and ("/" in name or lender == other / name):
        yield _whole(name, "another run's", f"{_place(name)} of another run", lender.read_bytes())


def _samples(other: Path) -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((other / folder).rglob("*"))[:1]]
    return [*found, *sorted((other / "histories").glob("*.json"))[1:3]]


def _added(other: Path, name: str) -> Damage:
    content = (other / name).read_bytes()
    folder, _, file = name.rpartition("/")
    more = f"{folder}/more-{file}"

    def do(run: Path) -> None:
        (run / more).write_bytes(content)

    return Damage(f"{more}: added", f"{_place(name)} added", do)


def _line(name: str, kind: str, at: int, change: Callable[[Sequence[bytes], int], Sequence[bytes]]) -> Damage:
    def do(folder: Path) -> None:
        lines = (folder / name).read_bytes().splitlines()
        (folder / name).write_bytes(b"".join(line + b"\n" for line in change(lines, at)))

    return Damage(f"{name}:{at + 1}: {kind}", kind, do)


def _letter(lines: Sequence[bytes], at: int) -> Sequence[bytes]:
    """The last letter or digit of the line becomes another one."""
    line = bytearray(lines[at])
    place = next((p for p in range(len(line) - 1, -1, -1) if chr(line[p]).isalnum()), None)
    if place is None:
        return [*lines[:at], bytes(line) + b" ", *lines[at + 1 :]]
    line[place] = ord("7") if line[place] != ord("7") else ord("8")
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def _instead(line: bytes) -> Callable[[Sequence[bytes], int], Sequence[bytes]]:
    return lambda lines, at: [*lines[:at], line, *lines[at + 1 :]]


def _swapped(other: int) -> Callable[[Sequence[bytes], int], Sequence[bytes]]:
    def change(lines: Sequence[bytes], at: int) -> Sequence[bytes]:
        changed = list(lines)
        changed[at], changed[other] = changed[other], changed[at]
        return changed

    return change


def _whole(name: str, what: str, kind: str, content: bytes) -> Damage:
    def do(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return Damage(f"{name}: {what}", kind, do)


def _linked(folder: Path, name: str) -> None:
    target = folder / "moved"
    (folder / name).rename(target)
    (folder / name).symlink_to(target)


def _foldered(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()


def _place(name: str) -> str:
    """The file, or what it is one of many of."""
    if name.startswith("journal/worker"):
        return "a worker's journal"
    if name.startswith("journal/replay"):
        return "a journal of replays"
    return {"histories": "a history", "attachments": "an attachment"}.get(name.split("/")[0], name)


def _kind(name: str, line: bytes) -> str:
    return str(json.loads(line)["kind"]) if name.startswith("journal/") else f"a line of {_place(name)}"


def with_care(folder: Path, run_id: str) -> bool:
    """What a careful forger does next: number every journal's lines anew, put their times in order, name the run.

    :returns: whether there was anything to mend.
    """
    found = False
    for path in sorted(path for path in (folder / "journal").glob("*.jsonl") if path.is_file()):
        mended, before, content = [], 0.0, path.read_bytes()
        for number, text in enumerate(content.splitlines(), start=1):
            try:
                line = json.loads(text)
                before = line["at_seconds"] = max(before, line["at_seconds"])
                line |= {"writer": path.stem, "seq": number}
                line |= {"run_id": run_id} if line["kind"] == "opened" else {}
                text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
            except (ValueError, TypeError, KeyError, RecursionError):
                pass  # nothing that care could mend
            mended.append(text + b"\n")
        if (now := b"".join(mended)) != content:
            path.write_bytes(now)
            found = True
    return found


def is_as_before(folder: Path, run: Path) -> bool:
    """Whether care has undone the damage: what a forger has put back is no forgery."""
    return _contents(folder) == _contents(run)


def _contents(folder: Path) -> dict[str, bytes | None]:
    paths = [path for path in folder.rglob("*") if path.name != SEAL]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in paths
    }
