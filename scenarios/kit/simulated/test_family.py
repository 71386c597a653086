"""What is left when operations are left out: nothing that needs them, and nobody waits for them."""

from __future__ import annotations

from harness.experiment.site import Caller
from harness.experiment.workload import Answer, PlannedOperation
from harness.record.record import Outcome
from scenarios.kit.simulated.family import left_of


async def _call(_: Caller) -> Answer:
    return Answer(Outcome.OK)


def _operation(
    name: str, subject: str, *, needs: tuple[str, ...] = (), follows: tuple[str, ...] = ()
) -> PlannedOperation:
    return PlannedOperation(name, "ask", subject, 1.0, _call, needs=needs, follows=follows)


UPLOAD = _operation("upload", "file")
BEGIN = _operation("begin", "A", needs=("upload",))
PAY = _operation("pay", "A", needs=("begin",))
REMIND = _operation("remind", "B", follows=("pay", "upload"))
ALL = (UPLOAD, BEGIN, PAY, REMIND)


def test_of_nothing_left_out_all_is_left() -> None:
    assert left_of(ALL, ()) == [*ALL]


def test_what_needs_something_that_is_gone_goes_too_however_far() -> None:
    assert [each.operation_id for each in left_of(ALL, {"upload"})] == ["remind"]
    assert [each.operation_id for each in left_of(ALL, {"begin"})] == ["upload", "remind"]


def test_a_subject_goes_with_all_its_operations() -> None:
    assert [each.operation_id for each in left_of(ALL, {"A"})] == ["upload", "remind"]


def test_nobody_waits_for_what_is_gone() -> None:
    assert left_of(ALL, {"pay"})[-1].follows == ("upload",)
