"""A campaign runs each job once, goes on where it was interrupted, and is VALID only if it proved something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from harness.application.contract import Application
from harness.simulate.bench import Project, open_bench
from harness.simulate.campaign import Job, Shard, jobs_of, run_job, run_jobs
from harness.simulate.cuts import CUTS
from harness.simulate.kept import Kept
from harness.simulate.outcome import Outcome, Tally, tally_of
from harness.simulate.test_once import TOY
from harness.simulate.testing_toy import Queue, ToyApp
from harness.verdict import Verdict

WELL = Outcome("toy", 1, "", "VALID", 3, 9, {"lag": 1}, {"once": "VALID"}, {}, {}, ["pay"])
BROKEN = replace(WELL, seed=2, verdict="INVALID", checks={"once": "INVALID"}, broken={"once": "2 payments"})


def test_shards_are_all_seeds_each_once() -> None:
    parts = [[job.seed for job in jobs_of(["toy"], range(1, 11), shard=Shard(n, 3))] for n in (1, 2, 3)]

    assert sorted(seed for part in parts for seed in part) == list(range(1, 11))


def test_with_a_crash_at_every_task_there_is_a_simulation_for_each_cut() -> None:
    jobs = list(jobs_of(["toy"], range(1, 2), crash_every_task=True, shard=Shard()))

    assert [job.cut for job in jobs] == ["", *CUTS]
    assert all(job.crash_every_task for job in jobs)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([WELL], Verdict.VALID),
        ([WELL, BROKEN], Verdict.INVALID),
        ([], Verdict.UNKNOWN),
        ([replace(WELL, faults={})], Verdict.UNKNOWN),
        ([replace(WELL, checks={"once": "UNKNOWN"})], Verdict.UNKNOWN),
        ([WELL, replace(WELL, checks={"once": "UNKNOWN"})], Verdict.VALID),
        ([WELL, replace(WELL, doubts={"twice": "differs"})], Verdict.UNKNOWN),
        ([WELL, replace(WELL, family="other", checks={"once": "UNKNOWN"})], Verdict.UNKNOWN),
        ([WELL, replace(WELL, family="other", executions=0, checks={})], Verdict.UNKNOWN),
        ([WELL, replace(WELL, seed=2, executions=0, checks={"once": "UNKNOWN"})], Verdict.VALID),
    ],
)
def test_verdict(outcomes: list[Outcome], verdict: Verdict) -> None:
    assert tally_of(outcomes).verdict() is verdict


def test_a_cell_passes_when_all_of_its_simulations_do() -> None:
    cut = replace(WELL, cut="beats-lost")
    tally = tally_of([cut, replace(cut, activities=["look", "pay"], broken={"once": "x"}), WELL])

    assert tally.cells == {("pay", "beats-lost"): False, ("look", "beats-lost"): False}


def test_a_cell_that_nothing_struck_proves_nothing() -> None:
    tally = Tally(activities=frozenset({"pay"}))
    for cut in CUTS[1:]:
        tally.add(replace(WELL, cut=cut))

    assert tally.unstruck == [("pay", CUTS[0])]
    assert tally.verdict() is Verdict.UNKNOWN
    tally.add(replace(WELL, cut=CUTS[0]))
    assert tally.verdict() is Verdict.VALID


def test_a_family_has_the_cells_of_its_task_queues() -> None:
    app = ToyApp({"toy": Queue(), "mail": Queue((), ("send", "receive")), "books": Queue((), ("book",))})
    bench = replace(open_bench(TOY), app=cast(Application, app))

    assert bench.activities_beside({"send"}) == {"send", "receive"}
    assert bench.activities_beside({"look", "book"}) == {"look", "pay", "book"}
    assert bench.activities_beside(()) == frozenset()


def test_who_is_interrupted_goes_on(tmp_path: Path) -> None:
    first = Kept(tmp_path, {"jobs": 2})
    first.keep(WELL)
    first.close()

    again = Kept(tmp_path, {"jobs": 2})
    assert again.outcomes == {("toy", 1, ""): WELL}
    assert again.has(Job("toy", 1))
    assert not again.has(Job("toy", 1, cut="beats-lost"))
    again.over()
    assert list(tmp_path.iterdir()) == []


def test_another_campaign_begins_anew_and_a_torn_line_is_done_again(tmp_path: Path) -> None:
    first = Kept(tmp_path, {"jobs": 2})
    first.keep(WELL)
    first.close()
    [file] = tmp_path.iterdir()
    file.write_text(file.read_text() + '{"family": "to')

    other, same = Kept(tmp_path, {"jobs": 3}), Kept(tmp_path, {"jobs": 2})
    assert other.outcomes == {}
    assert list(same.outcomes.values()) == [WELL]
    other.close()
    same.close()


def test_twice_is_the_same() -> None:
    bench = open_bench(TOY)

    outcome = run_job(bench, Job("careful", 3, twice=True))

    assert not outcome.differs
    assert outcome.verdict == "VALID"


def test_processes_run_all_jobs_until_it_is_enough() -> None:
    tally = Tally()

    def heard(job: Job, outcome: Outcome) -> bool:
        assert (job.seed, job.family) == (outcome.seed, outcome.family)
        tally.add(outcome)
        return tally.seeds < 10

    run_jobs(TOY, (Job("careful", seed) for seed in range(1, 1000)), processes=1, on_outcome=heard)

    assert 10 <= tally.seeds < 100
    assert tally.verdict() is Verdict.VALID


SLOW = """
import time
from pathlib import Path
from harness.simulate.testing_toy import app, simulated

try:
    Path(__file__).with_name("first").touch(exist_ok=False)
except FileExistsError:
    time.sleep(3600)
"""


def test_who_is_interrupted_waits_for_no_process(tmp_path: Path) -> None:
    """The first process goes through, and the second one is busy for an hour."""
    (tmp_path / "slow_toy.py").write_text(SLOW)
    jobs = jobs_of(["careful"], range(1, 1000), shard=Shard())

    def interrupted(job: Job, outcome: Outcome) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_jobs(Project("slow_toy", "slow_toy", places=[str(tmp_path)]), jobs, processes=2, on_outcome=interrupted)
