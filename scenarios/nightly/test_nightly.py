"""A night: every part is run and told of, and its parts are commands that there are."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harness.cli.main import assay
from harness.cli.testing_project import write_project
from harness.record.testing_records import run_info
from harness.report.marked import table_in
from scenarios.nightly.log import LOG, latest, read
from scenarios.nightly.night import run_night
from scenarios.nightly.parts import Part, parts
from scenarios.nightly.table import COMMAND, PAGE, lines

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "nightly.yml"


def python(name: str, code: str, **options: bool) -> Part:
    return Part(name, "a test", ((sys.executable, "-c", code),), **options)


def leave_run(folder: Path, **info: object) -> Path:
    """A run directory of a run that went no further than its beginning."""
    (folder / "journal").mkdir(parents=True)
    told = run_info(run_id=folder.name, claim="orders", command=f"assay run {folder.name}", **info)
    (folder / "run.json").write_text(json.dumps(dataclasses.asdict(told)))
    return folder


def test_a_part_that_fails_hides_no_other_and_decides_the_exit_code(tmp_path: Path) -> None:
    told: list[str] = []
    touch = "import pathlib; pathlib.Path('last').touch()"
    ran = [python("a", ""), python("b", "exit(4)"), python("c", "exit(1)"), python("d", touch)]
    assert run_night(tmp_path, 7, ran, told.append) == 4
    assert (tmp_path / "last").exists()
    assert "make nightly SEED=7" in told[0]
    assert told[2].startswith("### b: 4 (UNKNOWN: nothing is proved) after 0.0 min")
    assert "Repeat: `" in told[2]
    assert told[-1] == "The night on seed 7: 2 of 4 parts ended well.\n"
    assert run_night(tmp_path, 7, ran[:1], told.append) == 0


def test_the_runs_that_a_part_left_are_told_of_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write_project(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(project))
    leave_run(project / "runs" / "before")
    leave_run(project / "new")
    leave_run(project / "broken", mutant="no-heartbeat")
    move = (
        "import os; os.rename('new', 'runs/new'); os.rename('broken', 'runs/broken'); os.symlink('new', 'runs/latest')"
    )
    told: list[str] = []
    run_night(project, 7, [python("dev", move, leaves_runs=True)], told.append)
    assert "<summary>1 runs</summary>" in told[2]
    assert "| `assay run new` |" in told[2]


def test_a_part_that_left_no_run_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    run_night(tmp_path, 7, [python("dev", "", leaves_runs=True)], told.append)
    assert told[2] == "It left no run.\n"


def test_each_part_is_a_command_that_there_is() -> None:
    for program, *arguments in (words for part in parts(7) for words in part.commands):
        if program == "assay":
            group = click.Context(assay)
            command = assay.get_command(group, arguments[0])
            assert command is not None
            with command.make_context(arguments[0], arguments[1:], parent=group) as context:
                assert context.command is command
        elif program == "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        else:
            assert (ROOT / arguments[-1]).exists()
    replay = next(part for part in parts(7) if part.name == "replay").commands[0]
    assert len(set(replay[replay.index("--hash-seeds") + 1].split(","))) >= 3
    seedless = ("damage", "test-full", "foreign", "replay", "rare")
    assert all("7" in part.command for part in parts(7) if part.name not in seedless)


def test_ci_runs_every_part() -> None:
    assert re.findall(r"- part: (\S+)", WORKFLOW.read_text()) == [part.name for part in parts(0)]


def test_the_command_draws_a_seed_and_adds_to_the_summary(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assay]\napp = "a"\nscenarios = "b"\n')
    summary = tmp_path / "summary.md"
    summary.write_text("kept\n")
    # There is no such target here, so the part ends at once.
    command = [sys.executable, "-m", "scenarios.nightly", "--part", "test-full"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(summary)}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert answer.returncode == 2
    found = re.fullmatch(
        r"kept\n## The night on seed (\d+)\n\nAll of it again: `make nightly SEED=(\d+)`\n\n"
        r"### test-full: 2 \(see its output\) after 0\.0 min\n\nRepeat: `make test-full`\n\n"
        r"The night on seed (\d+): 0 of 1 parts ended well\.\n\n",
        summary.read_text(),
    )
    assert found is not None
    assert len(set(found.groups())) == 1


def test_each_part_leaves_a_line_and_the_table_shows_the_last_of_each(tmp_path: Path) -> None:
    run_night(tmp_path, 7, [python("dev", ""), python("mutants", "exit(1)")], lambda markdown: None)
    run_night(tmp_path, 8, [python("dev", "exit(4)")], lambda markdown: None)
    entries = read(tmp_path / LOG)
    assert [(each.part, each.seed, each.code) for each in entries] == [("dev", 7, 0), ("mutants", 7, 1), ("dev", 8, 4)]
    shown = lines(latest(entries))
    assert shown[2].startswith("| `dev` | every claim on the embedded server | 8 | UNKNOWN: nothing is proved | 0.0 |")
    assert "| `fuzz` | the oracle against the application, drawn files | — | never run | — | — | — |" in shown
    assert len(shown) == len(parts(0)) + 2


def test_the_table_keeps_what_it_says_of_a_part_that_was_not_run_here(tmp_path: Path) -> None:
    run_night(tmp_path, 7, [python("dev", ""), python("fuzz", "")], lambda markdown: None)
    before = lines(latest(read(tmp_path / LOG)))
    (tmp_path / LOG).unlink()
    run_night(tmp_path, 8, [python("dev", "exit(1)")], lambda markdown: None)
    after = lines(latest(read(tmp_path / LOG)), "\n".join(before))
    assert [old for old, new in zip(before, after, strict=True) if old != new] == [before[2]]
    assert after[2].startswith("| `dev` | every claim on the embedded server | 8 | INVALID, or a test failed |")
    assert lines({}, "\n".join(after)) == after


def test_all_commands_of_a_part_are_run_and_the_first_bad_one_decides(tmp_path: Path) -> None:
    one = python("a", "exit(3)")
    touch = (sys.executable, "-c", "import pathlib; pathlib.Path('second').touch()")
    part = dataclasses.replace(one, commands=(*one.commands, touch))
    assert run_night(tmp_path, 7, [part], lambda markdown: None) == 3
    assert (tmp_path / "second").exists()


def test_the_page_has_a_place_for_the_table() -> None:
    assert table_in(ROOT / PAGE, COMMAND).startswith("| part |")


def test_the_page_tells_of_every_part() -> None:
    page = (ROOT / PAGE).read_text()
    assert [part.name for part in parts(0) if f"`{part.name}`" not in page] == []
