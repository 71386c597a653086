"""The mutants: every check is shown to fail by a broken version that it must name.

A mutant counts as killed only if the check it declares says INVALID *and* the unpatched application is VALID on the
same plan (same claim, same seed, same stack: the claim's first). Each trial is a process of its own: a crash in one is
a row and not the end.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.application.version import Mutant
from harness.config import ProjectConfig
from harness.experiment.claims import load_claim
from harness.experiment.prepare import stack_for
from harness.verdict import Verdict

# A mutant that never notices a death waits for the start-to-close time-out, five minutes, before anything goes on.
TRIAL_TIMEOUT_SECONDS = 480.0
REPORT_LINE = re.compile(r"(\S+)/report\.html")


@dataclass(frozen=True)
class Trial:
    """One run of one claim with one seed, of the unpatched application (``mutant`` is ``None``) or of a mutant."""

    claim: str
    seed: int
    mutant: Mutant | None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return f"{self.mutant.name if self.mutant else 'unpatched'} on {self.claim}, seed {self.seed}"


@dataclass(frozen=True)
class TrialResult:
    """What came of a trial. ``verdicts`` is check → verdict, ``explanation`` what a reader of a bad row needs."""

    trial: Trial
    verdict: str
    verdicts: dict[str, str]
    run_directory: Path | None
    explanation: str = ""

    @property
    def decides(self) -> str:
        """The verdict that the table goes by: the whole run's of the application as it is, or the declared check's."""
        return self.verdicts.get(self.trial.mutant.caught_by, self.verdict) if self.trial.mutant else self.verdict


@dataclass(frozen=True)
class Row:
    """One mutant on one seed: killed, and if not, why not."""

    mutant: Mutant
    seed: int
    killed: bool
    why: str


def stacks_of(config: ProjectConfig, mutants: Sequence[Mutant]) -> dict[str, str]:
    """Mutant → the stack it is tried on: the first of its claim.

    :raises UsageError: there is no such claim.
    """
    first = {name: stack_for(load_claim(config, name), None) for name in {mutant.claim for mutant in mutants}}
    return {mutant.name: first[mutant.claim] for mutant in mutants}


def trials(mutants: Sequence[Mutant], seeds: Sequence[int]) -> list[Trial]:
    """Every trial that the mutants need, each of them once.

    What ``liveness`` must catch comes first on each seed: such a run waits longest, mostly idle, and must not be the
    last.
    """
    claims = sorted({mutant.claim for mutant in mutants})
    first = [mutant for mutant in mutants if mutant.caught_by == "liveness"]
    others = [mutant for mutant in mutants if mutant not in first]
    return [
        trial
        for seed in seeds
        for trial in (
            *(Trial(mutant.claim, seed, mutant) for mutant in first),
            *(Trial(claim, seed, None) for claim in claims),
            *(Trial(mutant.claim, seed, mutant) for mutant in others),
        )
    ]


async def run_trials(
    config: ProjectConfig, planned: Sequence[Trial], *, at_once: int, on_result: Callable[[TrialResult], None]
) -> list[TrialResult]:
    """Run the trials, ``at_once`` side by side (each on free ports, in a run directory of its own)."""
    slots = asyncio.Semaphore(at_once)

    async def one(trial: Trial) -> TrialResult:
        async with slots:
            result = await _run(config, trial)
        on_result(result)
        return result

    return list(await asyncio.gather(*(one(trial) for trial in planned)))


def undecided(results: Sequence[TrialResult]) -> list[Trial]:
    """The trials that went wrong side by side: the application as it is was not VALID, a mutant was not caught.

    Side by side they share the processors, and what depends on the instant of a fault may then prove nothing; alone it
    can. What survives alone survives.
    """
    return [
        result.trial
        for result in results
        if result.decides != (Verdict.INVALID if result.trial.mutant else Verdict.VALID).value
    ]


def judge_mutants(results: Sequence[TrialResult], mutants: Sequence[Mutant], seeds: Sequence[int]) -> list[Row]:
    """The table: one row per mutant and seed."""
    by_key = {(r.trial.claim, r.trial.seed, r.trial.mutant.name if r.trial.mutant else None): r for r in results}
    rows = []
    for mutant in mutants:
        for seed in seeds:
            unpatched, patched = by_key[mutant.claim, seed, None], by_key[mutant.claim, seed, mutant.name]
            why = _why_alive(mutant, unpatched, patched)
            rows.append(Row(mutant, seed, why is None, why or f"{mutant.caught_by} says INVALID"))
    return rows


def _why_alive(mutant: Mutant, unpatched: TrialResult, patched: TrialResult) -> str | None:
    if unpatched.verdict != "VALID":
        return f"the unpatched application is {unpatched.verdict} on the same plan: {unpatched.explanation}"
    if mutant.caught_by not in patched.verdicts:
        return f"the run gave no result of {mutant.caught_by}: {patched.explanation}"
    if patched.verdicts[mutant.caught_by] != "INVALID":
        return f"{mutant.caught_by} says {patched.verdicts[mutant.caught_by]}: {patched.explanation}"
    return None


async def _run(config: ProjectConfig, trial: Trial) -> TrialResult:
    command = [sys.executable, "-m", "harness.cli", "run", trial.claim, "--seed", str(trial.seed)]
    command += ["--mutant", trial.mutant.name] if trial.mutant else []
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=config.root
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), TRIAL_TIMEOUT_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return TrialResult(trial, "UNKNOWN", {}, None, f"did not end within {TRIAL_TIMEOUT_SECONDS:g} s")
    except BaseException:
        # Interrupted: the trial heals and stops by itself on SIGTERM, and its watchdog sees to the rest.
        process.terminate()
        await process.wait()
        raise
    folder = _folder_in(output.decode())
    if folder is None:
        return TrialResult(trial, "UNKNOWN", {}, None, _last_line(errors.decode()))
    found = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    verdicts = {check["check"]: check["verdict"] for check in found["checks"]}
    bad = [f"{check['check']}: {check['summary']}" for check in found["checks"] if check["verdict"] != "VALID"]
    return TrialResult(trial, found["verdict"], verdicts, folder, "; ".join(bad) or "every check is VALID")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def _folder_in(output: str) -> Path | None:
    """The run directory that the summary names."""
    found = REPORT_LINE.findall(output)
    return Path(found[-1]) if found else None
