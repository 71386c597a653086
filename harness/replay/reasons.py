"""What can become of the replay of one history, as one word each, and what each word says of the code.

A broken history proves nothing, so it is UNKNOWN and never a broken promise; nor is it ever green.
"""

from __future__ import annotations

from harness.verdict import Verdict

REPLAYED = "replayed"
DRIFTED = "drifted"
DIVERGED = "diverged"
RAISED = "raised"
TYPE_UNKNOWN = "type unknown"
TIMED_OUT = "timed out"
UNDECODABLE = "undecodable"
DECODED_EXPORT = "decoded export"
FIRST_EVENT_MISSING = "first event missing"
NO_PROGRESS = "no progress"
UNREADABLE = "unreadable"
NOT_REPLAYED = "not replayed"

VERDICTS = {
    REPLAYED: Verdict.VALID,
    DRIFTED: Verdict.INVALID,
    DIVERGED: Verdict.INVALID,
    RAISED: Verdict.INVALID,
    TYPE_UNKNOWN: Verdict.INVALID,
    TIMED_OUT: Verdict.INVALID,
    UNDECODABLE: Verdict.UNKNOWN,
    DECODED_EXPORT: Verdict.UNKNOWN,
    FIRST_EVENT_MISSING: Verdict.UNKNOWN,
    NO_PROGRESS: Verdict.UNKNOWN,
    UNREADABLE: Verdict.UNKNOWN,
    NOT_REPLAYED: Verdict.UNKNOWN,
}
"""Reason → what it makes of the gate."""

OUTCOMES = {REPLAYED: "ok", DRIFTED: "ok", NO_PROGRESS: "ok", DIVERGED: "nondeterminism", TIMED_OUT: "hung"}
"""Reason → the outcome that the record of a run keeps (``Replayed``); whatever is not here is its "error"."""
