"""All that the simulator uses of the SDK and that the SDK does not promise. Nothing else imports it from there.

``test_surface.py`` holds every name, field and number that is relied on, so that a new release of the SDK that moves
one of them is told from a defect of ours, and by name.
"""

from __future__ import annotations

from temporalio.bridge.proto.activity_result import ActivityResolution
from temporalio.bridge.proto.child_workflow import ChildWorkflowCancellationType
from temporalio.bridge.proto.workflow_activation import (
    DoUpdate,
    InitializeWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import (
    ActivityCancellationType,
    ScheduleActivity,
    ScheduleLocalActivity,
    StartChildWorkflowExecution,
    WorkflowCommand,
)
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker._workflow_instance import WorkflowInstance

from harness.sim.surface.activities import CompletesLater, RunningActivity
from harness.sim.surface.definitions import (
    UNSET,
    ActivityDefinition,
    ToStart,
    WorkflowDefinition,
    activity_definition,
    definition_elsewhere,
    given,
    message_name_and_result,
    name_and_result,
    to_start,
    workflow_definition,
)
from harness.sim.surface.instances import (
    EXTERN_FUNCTIONS,
    Instances,
    activate,
    evict,
    new_instance,
    prepare,
    without_deadlock_detection,
    workflow_info,
)
from harness.sim.surface.type_hints import remember_type_hints

__all__ = [
    "EXTERN_FUNCTIONS",
    "UNSET",
    "ActivityCancellationType",
    "ActivityDefinition",
    "ActivityResolution",
    "ChildWorkflowCancellationType",
    "CompletesLater",
    "DoUpdate",
    "InitializeWorkflow",
    "Instances",
    "RunningActivity",
    "ScheduleActivity",
    "ScheduleLocalActivity",
    "StartChildWorkflowExecution",
    "ToStart",
    "WorkflowActivation",
    "WorkflowActivationCompletion",
    "WorkflowActivationJob",
    "WorkflowCommand",
    "WorkflowDefinition",
    "WorkflowInstance",
    "activate",
    "activity_definition",
    "definition_elsewhere",
    "evict",
    "given",
    "message_name_and_result",
    "name_and_result",
    "new_instance",
    "prepare",
    "remember_type_hints",
    "to_start",
    "without_deadlock_detection",
    "workflow_definition",
    "workflow_info",
]
