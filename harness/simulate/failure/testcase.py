"""A failure as a case for pytest, ready to be kept: it replays the plan and demands that nothing is broken."""

from __future__ import annotations

import re

from harness.simulate.once import Simulated

CASE = '''"""Seed {seed} of {family}: {told}"""

from __future__ import annotations

from pathlib import Path

from harness.simulate.again import broken_by

PLAN = Path(__file__).with_name({plan!r})


def test_{name}() -> None:
    assert broken_by(PLAN) == {{}}
'''


def name_of(got: Simulated) -> str:
    """What a failure is called in files: family, seed and the first check that it breaks."""
    check = got.broken[0].check if got.broken else "valid"
    cut = f"_{got.case.cut}" if got.case.cut else ""
    return re.sub(r"\W+", "_", f"{got.case.family.name}_{got.case.seed}{cut}_{check}")


def case_for_pytest(got: Simulated, plan: str) -> str:
    """The text of the file.

    :param plan: the name of the plan's file, which has to lie beside it.
    """
    told = "; ".join(each.summary for each in got.broken)
    told = told.replace("\\", "/").replace('"', "'")
    return CASE.format(seed=got.case.seed, family=got.case.family.name, told=told, plan=plan, name=name_of(got))
