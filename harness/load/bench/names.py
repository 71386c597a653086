"""The words that both clients of the bench and its worker have in common."""

from __future__ import annotations

TASK_QUEUE = "bench"
WORKFLOW = "Bench"
IDS_BEGIN = "bench-"
