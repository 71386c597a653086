"""The same question under several hash seeds: what an order of a set decides, one of them may show and another hide.

Python draws the seed of its hashes for each process, so a workflow that goes through a set of text in the set's own
order replays in one worker and not in the next.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from harness.replay.gate.gate import Answers
from harness.replay.reasons import VERDICTS
from harness.replay.result import Result

VARIABLE = "PYTHONHASHSEED"
MOST = 2**32 - 1


def together(found: Mapping[int, Answers]) -> Answers:
    """One answer of all: of each history the worst, which says its seed where another seed said something else.

    :param found: seed → what the code says under it, at least one.
    """
    answers = list(found.values())
    files = dict.fromkeys(file for each in answers for file in each.results)
    return dataclasses.replace(
        answers[0],
        results={file: _worst({seed: each.results.get(file) for seed, each in found.items()}) for file in files},
        allowed=list(dict.fromkeys(entry for each in answers for entry in each.allowed)),
        unused=[entry for entry in answers[0].unused if all(entry in each.unused for each in answers)],
    )


def _worst(said: Mapping[int, Result | None]) -> Result:
    """Of a prefix that replays nothing is said: ``None``."""
    told = {seed: result for seed, result in said.items() if result is not None}
    seed, worst = max(told.items(), key=lambda each: VERDICTS[each[1].reason].badness)
    if len({result and result.reason for result in said.values()}) == 1:
        return worst
    sentence = f"under {VARIABLE}={seed}, and not under each: look for an order that a set or a hash decides"
    return dataclasses.replace(worst, message=f"{worst.message}\n  {sentence}".strip())
