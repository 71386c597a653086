"""Whether what processes wrote agrees with what the harness saw of them: which came and went, and who wrote as whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.record.journal import OPENED
from harness.record.lines import Line, place_of
from harness.verdict import Finding

STARTED, ENDS = "started", ("killed", "stopped", "died", "finished")
"""A command of the set-up, such as one that makes a database, finishes by itself."""


def disagreements(by_kind: Mapping[str, Sequence[Line]], app: str) -> Iterator[Finding]:
    """Everything in which the processes of the run and their journals contradict each other.

    :param app: the application, whose workers these must be.
    """
    started: dict[str, list[Line]] = {}
    running: dict[str, Line] = {}
    for line in by_kind.get("process", []):
        name, event = str(line.get("name")), line.get("event")
        if event == STARTED and name not in running:
            running[name] = line
            started.setdefault(name, []).append(line)
        elif event not in ENDS or name not in running or running.pop(name).get("pid") != line.get("pid"):
            yield Finding(place_of(line), f"{name} cannot be {event} with the process id {line.get('pid')} here")
    if not by_kind.get("interrupted"):
        for line in running.values():
            yield Finding(place_of(line), f"{line.get('name')} was started, and nothing records its end")
    own: dict[str, set[object]] = {}
    for line in by_kind.get(OPENED, []):
        own.setdefault(line["writer"], set()).add(line.get("pid"))
        pids = [each.get("pid") for each in started.get(line["writer"], [])]
        if pids and line.get("pid") not in pids:
            yield Finding(
                place_of(line), f"was opened by the process {line.get('pid')}, which {line['writer']} was not"
            )
    for line in (*by_kind.get("attempt-start", []), *by_kind.get("worker-ready", [])):
        if line.get("worker", line["writer"]) != line["writer"] or line.get("pid") not in own[line["writer"]]:
            yield Finding(
                place_of(line), f"is of {line.get('worker')} ({line.get('pid')}), and is in another's journal"
            )
        if line.get("app", app) != app:
            yield Finding(place_of(line), f"the worker served {line.get('app')}, and the run is of {app}")
