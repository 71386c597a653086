"""What stays VALID when the same damage is sealed again, and why nothing else could tell (docs/records.md).

``python -m scenarios.invoices.records.survivors`` (`make records` does it last) tries every way on the record that is
kept and writes the table into the page. A way that stays VALID and has no reason here fails a test.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from harness.application.contract import load_application
from harness.application.sources import Sources
from harness.experiment.again import judge_directory
from harness.record.integrity.seal import SEAL, read_seal, write_seal
from harness.verdict import Verdict
from scenarios.invoices.records.copies import made_whole
from scenarios.invoices.records.damage import changes_of_fields, damages, is_as_before, with_care
from scenarios.invoices.records.record import unpacked
from scenarios.invoices.records.ten import claim_of

WORDS = "words for readers: no check judges by them"
TIME = "an instant that only this line knows, still between its neighbours; what it decides, it decides as before"
PICTURE = "drawn in the report, judged by nothing"
TAIL = "its writer was killed: where its journal ends is what the killing decided, and nothing else knows"
ALONE = "told once, by whoever saw it; no other file knows it"
ANSWER = "what a caller was answered, beyond what a check compares with the oracle"
TIMES_OF = ("attempt-start", "attempt-end", "effect", "world-attempt", "world-reply", "webhook-try", "invoke", "return")
TIMES_TOO = (
    "opened",
    "closed",
    "phase",
    "process",
    "fault",
    "sample",
    "replayed",
    "replay-started",
    "execution-closed",
)
TIMES_OF_THE_END = (
    "begun",
    "history-facts",
    "histories-kept",
    "policy",
    "shown",
    "steady-state",
    "worker-ready",
    "execution",
)
ORDER = "the order of one writer's lines, with their times put in order: nobody else held a clock beside them"
BIT = "the bit stands in one of the fields that this table names"
NO_EFFECT = "of a request that had no effect: what sort of effect it would have been"

REASONS: Mapping[str, str] = {
    **{f"{kind}.at_seconds changed": TIME for kind in (*TIMES_OF, *TIMES_TOO, *TIMES_OF_THE_END)},
    **{f"{kind} swapped with a later line": ORDER for kind in (*TIMES_OF, *TIMES_TOO, *TIMES_OF_THE_END)},
    **{
        f"{place}: a bit flipped": BIT
        for place in ("a worker's journal", "a journal of replays", "journal/world.jsonl", "journal/harness.jsonl")
    },
    "process changed in a letter": WORDS,
    "fault.struck changed": f"what a fault struck, in the fault's own word: {ALONE}",
    "return.status changed": ANSWER,
    "world-attempt changed in a letter": NO_EFFECT,
    "world-attempt.effect_kind changed": NO_EFFECT,
    "invoke.intended_seconds changed": TIME,
    "webhook-try.sent_seconds changed": TIME,
    "opened changed in a letter": ALONE,
    "opened.pid changed": f"the process id of the harness, or of a child that replays: {ALONE}",
    "closed changed in a letter": TIME,
    "worker-ready.source changed": f"the folder of the code; its content is in the seal, by digest: {ALONE}",
    "process.detail changed": WORDS,
    "fault-planned.description changed": WORDS,
    "fault-planned.words changed": WORDS,
    "fault.evidence changed": WORDS,
    "attempt-end.error changed": WORDS,
    "replayed.message changed": WORDS,
    "sample.running changed": PICTURE,
    "sample.closed changed": PICTURE,
    "sample.backlog changed": PICTURE,
    "sample changed in a letter": PICTURE,
    "sample dropped": PICTURE,
    "sample doubled": PICTURE,
    "a worker's journal cut off": TAIL,
    "a worker's journal: half a line more": TAIL,
    "attempt-start dropped": TAIL,
    "invoke.name changed": f"the kind of one operation among many: {ALONE}",
    "return.detail changed": ANSWER,
    "return changed in a letter": ANSWER,
    "effect.detail changed": "a field of an effect that no oracle computes",
    "world-reply.status changed": f"the code of an answer whose outcome stands beside it: {ALONE}",
    **{f"webhook-try.{field} changed": ALONE for field in ("delivery", "number", "error", "status")},
    **{f"webhook-try.{field} changed": ALONE for field in ("subject", "reference")},
}

PAGE = Path(__file__).parents[3] / "docs" / "records.md"
BEGIN, END = "<!-- survivors: written by make records -->", "<!-- end of survivors -->"


def survivors() -> tuple[int, int, Counter[str]]:
    """How many ways were tried, how many of these stayed VALID, and of which kinds they are.

    Care is lost on what is no journal: there is nothing in it to number anew.
    """
    app = load_application("workflows.app")
    tried, found = 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="assay-survivors-") as name:
        run, other = unpacked("ten-invoices", Path(name)), unpacked("another-run", Path(name))
        seal, folder = read_seal(run), Path(name) / "damaged"
        for damage in [*damages(run, other), *changes_of_fields(run)]:
            if damage.name.startswith(SEAL):
                continue
            for care in (False, True) if damage.name.startswith("journal/") else (False,):
                damage.do(made_whole(run, folder))
                if care:
                    with_care(folder, seal.run_id)
                if is_as_before(folder, run):
                    continue
                write_seal(folder, seal.run_id, Sources(**seal.sources))
                tried += 1
                found[damage.kind] += judge_directory(folder, claim_of, app).verdict is Verdict.VALID
    return tried, found.total(), +found


def table(tried: int, stayed: int, kinds: Mapping[str, int]) -> str:
    """The part of the page."""
    rows = [
        f"| {kind} | {count} | {REASONS.get(kind, '**no reason is known**')} |" for kind, count in sorted(kinds.items())
    ]
    said = f"Of {tried:,} ways, {stayed:,} stay VALID when the damaged record is sealed again:"
    return "\n".join([BEGIN, said, "", "| damage | ways | why nothing else could tell |", "|---|---|---|", *rows, END])


def main() -> int:
    """Write the table into the page; 1 when something stays VALID for no known reason."""
    tried, stayed, kinds = survivors()
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{table(tried, stayed, kinds)}{after}", encoding="utf-8")
    unknown = sorted(kinds.keys() - REASONS.keys())
    print(f"{stayed} of {tried} stay VALID; without a reason: {', '.join(unknown) or 'none'}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
