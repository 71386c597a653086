"""The contract with the SDK: each private name, field, job and number that the simulator relies on.

A failure here is a release of the SDK that moved something, and its message says what; nothing of the simulator is
wrong before ``harness/sim/surface`` has followed.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from typing import Any

import pytest
import temporalio.activity
import temporalio.bridge.proto.activity_result as activity_result
import temporalio.bridge.proto.child_workflow as child_workflow
import temporalio.bridge.proto.workflow_activation as workflow_activation
import temporalio.bridge.proto.workflow_commands as workflow_commands
import temporalio.bridge.proto.workflow_completion as workflow_completion
import temporalio.common
import temporalio.converter
import temporalio.workflow
from temporalio.converter import _payload_converter
from temporalio.worker import _workflow, _workflow_instance

from harness.sim.surface import CompletesLater, remember_type_hints, type_hints
from harness.sim.surface.instances import EXTERN_FUNCTIONS, LOCAL_ACTIVITY_CHECK, METRIC_METER

FIELDS: dict[str, tuple[type, set[str]]] = {
    "WorkflowInstanceDetails": (
        _workflow_instance.WorkflowInstanceDetails,
        {
            *("payload_converter_factory", "failure_converter_class", "interceptor_classes", "defn", "info"),
            *("randomness_seed", "extern_functions", "disable_eager_activity_execution", "patch_activation_callback"),
            *("worker_level_failure_exception_types", "last_completion_result", "last_failure"),
            "default_workflow_logic_flags",
        },
    ),
    "workflow._Definition": (
        temporalio.workflow._Definition,
        {
            *("name", "cls", "run_fn", "signals", "queries", "updates", "sandboxed", "failure_exception_types"),
            *("arg_types", "ret_type", "versioning_behavior", "dynamic_config_fn"),
        },
    ),
    "activity._Definition": (
        temporalio.activity._Definition,
        {"name", "fn", "is_async", "no_thread_cancel_exception", "arg_types", "ret_type"},
    ),
    "activity._Context": (
        temporalio.activity._Context,
        {
            *("info", "heartbeat", "cancelled_event", "worker_shutdown_event", "shield_thread_cancel_exception"),
            *("payload_converter_class_or_instance", "runtime_metric_meter", "client", "cancellation_details"),
            *("_logger_details", "_payload_converter", "_metric_meter"),
        },
    ),
    "activity.Info": (
        temporalio.activity.Info,
        {
            *("activity_id", "activity_type", "attempt", "current_attempt_scheduled_time", "heartbeat_details"),
            *("heartbeat_timeout", "is_local", "namespace", "schedule_to_close_timeout", "scheduled_time"),
            *("start_to_close_timeout", "started_time", "task_queue", "task_token", "workflow_id"),
            *("workflow_namespace", "workflow_run_id", "workflow_type", "priority", "retry_policy", "activity_run_id"),
        },
    ),
    "workflow.Info": (
        temporalio.workflow.Info,
        {
            *("attempt", "continued_run_id", "cron_schedule", "execution_timeout", "first_execution_run_id", "headers"),
            *("namespace", "original_execution_run_id", "parent", "root", "priority", "raw_memo", "retry_policy"),
            *("run_id", "run_timeout", "search_attributes", "start_time", "task_queue", "task_timeout"),
            *("typed_search_attributes", "workflow_id", "workflow_start_time", "workflow_type"),
        },
    ),
    "common._CompositeEvent": (temporalio.common._CompositeEvent, {"thread_event", "async_event"}),
}

ONEOFS: dict[str, tuple[Any, str, set[str]]] = {
    "WorkflowActivationJob": (
        workflow_activation.WorkflowActivationJob,
        "variant",
        {
            *("initialize_workflow", "fire_timer", "update_random_seed", "query_workflow", "cancel_workflow"),
            *("signal_workflow", "resolve_activity", "notify_has_patch", "resolve_child_workflow_execution_start"),
            *("resolve_child_workflow_execution", "resolve_signal_external_workflow", "do_update"),
            *("resolve_request_cancel_external_workflow", "resolve_nexus_operation_start", "resolve_nexus_operation"),
            "remove_from_cache",
        },
    ),
    "WorkflowCommand": (
        workflow_commands.WorkflowCommand,
        "variant",
        {
            *("start_timer", "schedule_activity", "respond_to_query", "request_cancel_activity", "cancel_timer"),
            *("complete_workflow_execution", "fail_workflow_execution", "continue_as_new_workflow_execution"),
            *("cancel_workflow_execution", "set_patch_marker", "start_child_workflow_execution", "update_response"),
            *("cancel_child_workflow_execution", "request_cancel_external_workflow_execution"),
            *("signal_external_workflow_execution", "cancel_signal_workflow", "schedule_local_activity"),
            *("request_cancel_local_activity", "upsert_workflow_search_attributes", "modify_workflow_properties"),
            *("schedule_nexus_operation", "request_cancel_nexus_operation"),
        },
    ),
    "ActivityResolution": (
        activity_result.ActivityResolution,
        "status",
        {"completed", "failed", "cancelled", "backoff"},
    ),
    "ChildWorkflowResult": (child_workflow.ChildWorkflowResult, "status", {"completed", "failed", "cancelled"}),
    "UpdateResponse": (workflow_commands.UpdateResponse, "response", {"accepted", "rejected", "completed"}),
    "WorkflowActivationCompletion": (
        workflow_completion.WorkflowActivationCompletion,
        "status",
        {"successful", "failed"},
    ),
}

MESSAGES: dict[str, tuple[Any, set[str]]] = {
    "WorkflowActivation": (
        workflow_activation.WorkflowActivation,
        {
            *("run_id", "timestamp", "is_replaying", "history_length", "jobs", "available_internal_flags"),
            *("history_size_bytes", "continue_as_new_suggested", "deployment_version_for_current_task"),
            *("last_sdk_version", "suggest_continue_as_new_reasons", "target_worker_deployment_version_changed"),
        },
    ),
    "InitializeWorkflow": (
        workflow_activation.InitializeWorkflow,
        {
            *("workflow_type", "workflow_id", "arguments", "randomness_seed", "headers", "identity", "attempt"),
            *("parent_workflow_info", "workflow_execution_timeout", "workflow_run_timeout", "workflow_task_timeout"),
            *("continued_from_execution_run_id", "continued_initiator", "continued_failure", "last_completion_result"),
            *("first_execution_run_id", "retry_policy", "cron_schedule", "workflow_execution_expiration_time"),
            *("cron_schedule_to_schedule_interval", "memo", "search_attributes", "start_time", "root_workflow"),
            *("priority", "original_execution_run_id"),
        },
    ),
}

NUMBERS = {
    "ActivityCancellationType": (
        workflow_commands.ActivityCancellationType,
        {"TRY_CANCEL": 0, "WAIT_CANCELLATION_COMPLETED": 1, "ABANDON": 2},
    ),
    "ChildWorkflowCancellationType": (
        child_workflow.ChildWorkflowCancellationType,
        {"ABANDON": 0, "TRY_CANCEL": 1, "WAIT_CANCELLATION_COMPLETED": 2, "WAIT_CANCELLATION_REQUESTED": 3},
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_the_fields_are_where_they_were(name: str) -> None:
    kind, fields = FIELDS[name]
    found = {each.name for each in dataclasses.fields(kind)}
    assert found == fields, f"{name}: gone {sorted(fields - found)}, new {sorted(found - fields)}"


@pytest.mark.parametrize("name", ONEOFS)
def test_the_choices_are_what_they_were(name: str) -> None:
    message, oneof, members = ONEOFS[name]
    found = {each.name for each in message.DESCRIPTOR.oneofs_by_name[oneof].fields}
    assert found == members, f"{name}.{oneof}: gone {sorted(members - found)}, new {sorted(found - members)}"


@pytest.mark.parametrize("name", MESSAGES)
def test_the_messages_are_what_they_were(name: str) -> None:
    message, fields = MESSAGES[name]
    found = {each.name for each in message.DESCRIPTOR.fields}
    assert found == fields, f"{name}: gone {sorted(fields - found)}, new {sorted(found - fields)}"


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_are_what_they_were(name: str) -> None:
    enum, numbers = NUMBERS[name]
    assert dict(enum.items()) == numbers


def test_the_flags_are_what_they_were() -> None:
    found = {flag.name: flag.value for flag in _workflow_instance._WorkflowLogicFlag}
    assert found == {"RAISE_ON_CANCELLING_COMPLETED_ACTIVITY": 1, "PROCESS_WORKFLOW_ACTIVATION_JOBS_AS_SINGLE_BATCH": 2}
    assert frozenset() == _workflow_instance._DEFAULT_ENABLED_WORKFLOW_LOGIC_FLAGS


def test_the_functions_outside_of_a_workflow_are_the_two_that_were() -> None:
    mangled = _workflow_instance._WorkflowExternFunctions.__annotations__
    found = {name.removeprefix("_WorkflowExternFunctions") for name in mangled}
    assert found == {METRIC_METER, LOCAL_ACTIVITY_CHECK} == set(EXTERN_FUNCTIONS)


def test_a_worker_makes_an_instance_of_these() -> None:
    """What ``new_instance`` and ``workflow_info`` repeat stands in the worker's own function."""
    text = inspect.getsource(_workflow._WorkflowWorker._create_workflow_instance)
    for field in dataclasses.fields(_workflow_instance.WorkflowInstanceDetails):
        assert f"{field.name}=" in text, f"the worker no longer gives {field.name}"


def test_the_small_private_functions_are_there() -> None:
    assert callable(temporalio.common._arg_or_args)
    assert temporalio.common._arg_or_args(temporalio.common._arg_unset, ["a"]) == ["a"]
    assert temporalio.converter.default()._new_payload_converter() is not None
    assert temporalio.activity._ActivityCancellationDetailsHolder().details is None
    assert temporalio.common.Priority._from_proto is not None


def test_every_activation_and_every_command_pass_through_one_method_of_an_instance() -> None:
    text = inspect.getsource(_workflow_instance)
    assert text.count("successful.commands.add()") == 1, (
        "commands are made elsewhere, too: ``watched`` does not see them"
    )
    assert list(inspect.signature(_workflow_instance._WorkflowInstanceImpl.activate).parameters) == ["self", "act"]
    assert list(inspect.signature(_workflow_instance._WorkflowInstanceImpl._add_command).parameters) == ["self"]
    assert "task_queue=self._task_queue" in inspect.getsource(_workflow._WorkflowWorker._create_workflow_instance)
    for name in ("_tasks", "_defn"):
        assert f"self.{name}" in text, f"an instance has no {name} any more"


def test_a_worker_says_of_itself_whether_its_workflows_may_fail_on_a_divergence() -> None:
    worker = _workflow._WorkflowWorker
    assert worker.nondeterminism_as_workflow_fail.__annotations__["return"] in (bool, "bool")
    assert worker.nondeterminism_as_workflow_fail_for_types.__annotations__["return"] in (set[str], "set[str]")


@dataclasses.dataclass(frozen=True)
class _Pair:
    left: int
    right: _Pair | None = None


def test_the_converter_works_out_type_hints_once_and_decodes_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_payload_converter, "get_type_hints", typing.get_type_hints)
    written = {"left": 1, "right": {"left": 2, "right": None}}
    before = temporalio.converter.value_to_type(_Pair, written)
    remember_type_hints()
    known = type_hints._of.cache_info()
    assert temporalio.converter.value_to_type(_Pair, written) == before == _Pair(1, _Pair(2))
    now = type_hints._of.cache_info()
    assert (now.misses - known.misses, now.hits - known.hits) == (1, 1)


def test_an_activity_that_is_completed_later_says_so_by_an_exception() -> None:
    with pytest.raises(CompletesLater):
        temporalio.activity.raise_complete_async()
