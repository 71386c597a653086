"""Keeps the smallest history of each type, status and shape: compressed, with a manifest that says what each is."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from harness.errors import UsageError
from harness.record.history_reader import status_of
from harness.replay.gate.corpus import MANIFEST
from harness.replay.recording.handlers import Handlers
from harness.replay.recording.shape import shape_of

UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
SUFFIX = ".json.gz"
NAME_CHARACTERS = 150
"""Of a type of workflow, in the name of a file: it may be longer than a file's name can be."""


@dataclass(frozen=True)
class Entry:
    """What the manifest says of one history. ``recorded_at`` and ``begun_at`` are instants in UTC.

    ``sdk`` and ``build_id`` are those of the worker that completed its last workflow task; ``source`` is where it came
    from.
    """

    file: str
    workflow_type: str
    workflow_id: str
    run_id: str
    status: str
    shape: str
    events: int
    bytes: int
    sdk: str
    build_id: str
    begun_at: str
    recorded_at: str
    source: str


def keep(history: WorkflowHistory, corpus: Path, source: str, name: str = "") -> Entry | None:
    """Put a history into a corpus, unless one of its shape is there that is no larger.

    :param source: where it came from, for the manifest.
    :param name: what to call it, in place of its shape; one that is called so is replaced.
    :raises UsageError: the manifest cannot be read, or the folder takes no file.
    """
    entries = read_manifest(corpus)
    entry, content = _made(history, source)
    entry = dataclasses.replace(entry, file=f"{name}{SUFFIX}") if name else entry
    before = entries.get(entry.file)
    if not name and before is not None and before.bytes <= entry.bytes and (corpus / entry.file).is_file():
        return None
    entries[entry.file] = entry
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        (corpus / entry.file).write_bytes(gzip.compress(content, mtime=0))
        _write_manifest(corpus, entries)
    except OSError as error:
        told = "it is no folder" if isinstance(error, FileExistsError | NotADirectoryError) else error.strerror
        raise UsageError(f"{corpus}: no history can be kept there: {told}; name another with --corpus DIR") from error
    return entry


def forget(corpus: Path, source: str, but: Collection[Path]) -> None:
    """Take out of a corpus what came from this source, but for some files."""
    entries = read_manifest(corpus)
    gone = {file for file, entry in entries.items() if entry.source == source and corpus / file not in but}
    for file in gone:
        (corpus / file).unlink(missing_ok=True)
    if gone:
        _write_manifest(corpus, {file: entry for file, entry in entries.items() if file not in gone})


def keep_handlers(corpus: Path, handlers: Handlers) -> None:
    """Have the manifest say what workflows of these types take; what it says of other types stays.

    :raises UsageError: the manifest cannot be read.
    """
    if handlers and (corpus / MANIFEST).is_file():
        _write_manifest(corpus, read_manifest(corpus), {**read_handlers(corpus), **handlers})


def _write_manifest(corpus: Path, entries: Mapping[str, Entry], handlers: Handlers | None = None) -> None:
    listed = [dataclasses.asdict(each) for _, each in sorted(entries.items())]
    kept = read_handlers(corpus) if handlers is None else handlers
    said = {"histories": listed, "handlers": {name: sorted(each) for name, each in sorted(kept.items())}}
    (corpus / MANIFEST).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def read_manifest(corpus: Path) -> dict[str, Entry]:
    """What a corpus says of its histories, by file.

    :raises UsageError: the manifest is none.
    """
    file = corpus / MANIFEST
    try:
        return {each["file"]: Entry(**each) for each in _read(file)["histories"]}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{file}: not a manifest of histories: {error}; delete it, and record again") from error


def read_handlers(corpus: Path) -> Handlers:
    """What workflows took when the corpus was recorded, as far as its manifest says it.

    :raises UsageError: the manifest is none.
    """
    file = corpus / MANIFEST
    try:
        return {str(name): [str(each) for each in those] for name, those in _read(file).get("handlers", {}).items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: not a manifest of histories: {error}; delete it, and record again") from error


def _read(file: Path) -> dict[str, Any]:
    """What a manifest says; one that is not there says nothing."""
    read: dict[str, Any] = json.loads(file.read_bytes()) if file.is_file() else {"histories": []}
    return read


def without_stacks(value: Any) -> Any:
    """JSON of a history without the stack traces of failures: they name folders of a machine, and replay needs none."""
    if isinstance(value, dict):
        return {name: "" if name == "stackTrace" else without_stacks(item) for name, item in value.items()}
    return [without_stacks(item) for item in value] if isinstance(value, list) else value


def _made(history: WorkflowHistory, source: str) -> tuple[Entry, bytes]:
    events = history.events
    begun = events[0].workflow_execution_started_event_attributes
    content = json.dumps(without_stacks(history.to_json_dict()), separators=(",", ":")).encode()
    status, shape = status_of(events), shape_of(events)
    safe = UNSAFE_IN_NAMES.sub("_", begun.workflow_type.name)[:NAME_CHARACTERS]  # the shape tells one from another
    name = f"{safe}-{status.lower()}-{shape}"
    sdk, build_id = _made_by(events)
    entry = Entry(
        file=f"{name}{SUFFIX}",
        workflow_type=begun.workflow_type.name,
        workflow_id=history.workflow_id,
        run_id=begun.original_execution_run_id,
        status=status,
        shape=shape,
        events=len(events),
        bytes=len(content),
        sdk=sdk,
        build_id=build_id,
        begun_at=events[0].event_time.ToDatetime(UTC).isoformat(),
        recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        source=source,
    )
    return entry, content


def _made_by(events: Sequence[HistoryEvent]) -> tuple[str, str]:
    """Name and version of the SDK, and the build id, as the last completed workflow tasks that say them do."""
    sdk, build_id = "", ""
    for event in events:
        done = event.workflow_task_completed_event_attributes
        if done.sdk_metadata.sdk_name:
            sdk = f"{done.sdk_metadata.sdk_name} {done.sdk_metadata.sdk_version}"
        build_id = done.deployment_version.build_id or done.worker_version.build_id or build_id
    return sdk, build_id
