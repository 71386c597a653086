"""Three children at a time, and then a new run, until all pieces are done; a signal asks for one piece more."""

from __future__ import annotations

from harness.foreign.testing_sample import GENERIC, Sample
from harness.foreign.testing_shop import APP, Shop

WINDOW = """\
@workflow.defn
class Child:
    @workflow.run
    async def run(self, number: int) -> int:
        await workflow.execute_activity(pack, str(number), start_to_close_timeout=FIVE)
        return number

@dataclass
class Progress:
    next: int = 0
    done: list = None
    wanted: int = 6

@workflow.defn
class Order:
    def __init__(self) -> None:
        self.more = 0

    @workflow.signal
    def one_more(self) -> None:
        self.more += 1

    @workflow.run
    async def run(self, order: str, progress: Progress = None) -> list:
        progress = progress or Progress(done=[])
        running = {}
        begun = 0
        while begun < 3 and progress.next < progress.wanted:
            number = progress.next
            running[number] = await workflow.start_child_workflow(
                Child.run, number, id=f"{workflow.info().workflow_id}/{number}"
            )
            progress.next += 1
            begun += 1
        for number, child in running.items():
            progress.done.append(await child)
        progress.wanted += self.more
        if progress.next < progress.wanted:
            workflow.continue_as_new(args=[order, progress])
        return progress.done

"""
ONE_MORE = """await asyncio.sleep(0.5)
        await handle.signal("one_more")"""
SEVEN = """
from assay import CheckResult, Finding, Verdict

def seven(record):
    ended = [each for each in record.executions if each.workflow_type == "Order" and each.status == "COMPLETED"]
    done = [(each.workflow_id, len(each.result)) for each in ended]
    wrong = [Finding(name, f"did {pieces} pieces, and 7 were asked for") for name, pieces in done if pieces != 7]
    return CheckResult("seven", Verdict.INVALID if wrong else Verdict.VALID, "", tuple(wrong))

seven.name = "seven"
"""

HEARD = "        progress.wanted += self.more\n"

SAMPLE = Sample(
    Shop(
        WINDOW + APP.replace("(Order,)", "(Order, Child)"),
        count=8,
        then=ONE_MORE,
        checks=f"{GENERIC}, seven",
        claim=SEVEN,
    ),
    (HEARD, ""),
    "seven",
    "did 6 pieces, and 7 were asked for",
)
"""A signal that is not handed on to the next run is lost."""
