"""Readings for tests: a page of a server and one of a worker as they are, and readings made by hand."""

from __future__ import annotations

from collections.abc import Mapping

from harness.load.inside.page import Page
from harness.load.inside.processes import ProcessReading
from harness.load.inside.reading import Reading

SERVER_PAGE = """\
# HELP state_transition_count state_transition_count histogram
# TYPE state_transition_count histogram
state_transition_count_bucket{namespace="default",operation="WorkflowContext",service_name="history",le="1"} 70
state_transition_count_bucket{namespace="default",operation="WorkflowContext",service_name="history",le="+Inf"} 320
state_transition_count_sum{namespace="default",operation="WorkflowContext",service_name="history"} 1420
state_transition_count_count{namespace="default",operation="WorkflowContext",service_name="history"} 320
state_transition_count_count{namespace="temporal_system",operation="WorkflowContext",service_name="history"} 2
approximate_backlog_count{namespace="default",partition="0",task_type="Workflow",taskqueue="q"} 3
approximate_backlog_count{namespace="default",partition="1",task_type="Workflow",taskqueue="q"} 4
approximate_backlog_count{namespace="default",partition="0",task_type="Workflow",taskqueue="temporal_sys_per_ns_tq"} 9
temporal_num_pollers{namespace="temporal_system",poller_type="activity_task",task_queue="default_worker_tq"} 2
temporal_num_pollers{namespace="default",poller_type="workflow_task",task_queue="temporal_sys_per_ns_tq"} 2
service_requests{operation="StartWorkflowExecution"} 70
"""

WORKER_PAGE = """\
# TYPE temporal_num_pollers gauge
temporal_num_pollers{namespace="default",poller_type="activity_task",task_queue="q"} 5
temporal_num_pollers{namespace="default",poller_type="workflow_task",task_queue="q"} 1
temporal_num_pollers{namespace="default",poller_type="activity_task",task_queue="slow"} 2
temporal_worker_task_slots_available{namespace="default",task_queue="q",worker_type="ActivityWorker"} 97
temporal_worker_task_slots_used{namespace="default",task_queue="q",worker_type="ActivityWorker"} 3
temporal_activity_schedule_to_start_latency_bucket{namespace="default",task_queue="q",le="0.1"} 40
temporal_activity_schedule_to_start_latency_bucket{namespace="default",task_queue="q",le="5"} 49
temporal_activity_schedule_to_start_latency_bucket{namespace="default",task_queue="q",le="+Inf"} 50
temporal_activity_schedule_to_start_latency_sum{namespace="default",task_queue="q"} 21.5
temporal_activity_schedule_to_start_latency_count{namespace="default",task_queue="q"} 50
"""


def reading(
    at_seconds: float,
    pages: Mapping[str, Page] | None = None,
    *,
    missing: tuple[str, ...] = (),
    processes: tuple[ProcessReading, ...] = (),
) -> Reading:
    """A reading; the pages that are missing refused the connection."""
    return Reading(at_seconds, pages or {}, dict.fromkeys(missing, "connection refused"), processes)


def process(name: str, pid: int, cpu_seconds: float, *, own_bytes: int = 0, shared_bytes: int = 0) -> ProcessReading:
    """A process that began when its number says."""
    return ProcessReading(name, pid, float(pid), cpu_seconds, own_bytes, shared_bytes)


MIB = 2**20


def broken_readings() -> list[Reading]:
    """Ten seconds in which history is killed from 4 s to 6 s, and tasks pile up meanwhile."""

    def worker(used: float, waited: Mapping[float, float]) -> Page:
        slots = {"WorkflowWorker": used, "ActivityWorker": 1.0}
        free = {"WorkflowWorker": 10.0 - used, "ActivityWorker": 9.0}
        return Page(pollers={"workflow_task": 5.0}, used=slots, available=free, waits={"workflow task": waited})

    def at(seconds: float, transitions: float | None, used: float, backlog: float, late: float) -> Reading:
        waited = {0.01: seconds * 10, 5.0: late, float("inf"): 0.0}
        server = {} if transitions is None else {"history": Page(transitions=transitions)}
        pages = {**server, "matching": Page(backlog=backlog), "worker-1": worker(used, waited)}
        historys = process("history", 1 if seconds < 5 else 2, seconds / 2, own_bytes=200 * MIB, shared_bytes=8 * MIB)
        processes = (*((historys,) if server else ()), process("worker-1", 3, seconds / 4, own_bytes=100 * MIB))
        return reading(100 + seconds, pages, missing=() if server else ("history",), processes=processes)

    return [
        at(0, 1_000, 1, 0, 0),
        at(2, 1_200, 10, 1, 1),
        at(4, None, 2, 7, 7),
        at(6, 30, 3, 12, 12),
        at(8, 330, 10, 4, 14),
        at(10, 530, 1, 0, 15),
    ]
