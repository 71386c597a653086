"""``verdict.json``: everything the report says, for programs. All findings are here, whole.

Keys come in one fixed order, so two runs can be compared line by line. ``format`` counts up when a key changes meaning.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness.judge.measures import latency, throughput, work_lasted_seconds
from harness.judge.recovery import recovery
from harness.record.record import Record
from harness.report.sentence import sentence
from harness.report.summary import summary
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult

FORMAT = 1


def verdict_document(
    record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None
) -> dict[str, Any]:
    """The content as plain JSON values. Times in ``measures`` are seconds since the work began."""
    words = vocabulary or Vocabulary()
    counts = summary(record, results, words)
    return {
        "format": FORMAT,
        "verdict": counts.verdict.value,
        "exit_code": counts.verdict.exit_code,
        "sentence": sentence(record, results, words),
        "interrupted": record.interrupted,
        "run": _plain(record.run),
        "checks": [_plain(result) for result in results],
        "faults": [_plain(fault) for fault in record.faults],
        "measures": {
            "work_lasted_seconds": work_lasted_seconds(record),
            "summary": _plain(counts),
            "recovery": _plain(recovery(record)),
            "latency": _plain(latency(record, words.start)),
            "throughput": _plain(throughput(record)),
        },
    }


def verdict_bytes(record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None) -> bytes:
    """The file's content: UTF-8, indented, ending in a line feed."""
    text = json.dumps(verdict_document(record, results, vocabulary), ensure_ascii=False, indent=2, allow_nan=False)
    # A lone surrogate has no UTF-8; as the escape \\udXXX it is what JSON itself would write.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _plain(value: Any) -> Any:
    """The value in JSON's own types; what JSON has no word for (infinity, decimals) becomes its text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)
