"""`assay replay check`: exit codes, and what is said before any history is replayed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.replay.testing_replay import APPLICATION, CHANGED, SAME, sleeper_history

PROJECT = '[tool.assay]\napp = "sleeping.app"\nscenarios = "claims"\n'


def project(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str = SAME) -> None:
    (folder / "pyproject.toml").write_text(PROJECT)
    package = folder / "sleeping"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "app.py").write_text(APPLICATION.format(body=body, failures="()"))
    monkeypatch.chdir(folder)


def recorded(folder: Path) -> None:
    (folder / "histories").mkdir()
    (folder / "histories" / "slept.json").write_text(sleeper_history("slept"))


def test_a_folder_that_is_not_there_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)

    assert exit_code(["replay", "check"]) == 2
    assert "histories = 'histories' names no folder" in capsys.readouterr().err
    assert exit_code(["replay", "check", "--corpus", "gone"]) == 2
    assert "gone: there is no such folder" in capsys.readouterr().err


def test_a_corpus_without_histories_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    (tmp_path / "histories").mkdir()

    assert exit_code(["replay", "check"]) == 4
    assert "UNKNOWN  histories holds no history" in capsys.readouterr().out


def test_links_are_followed_and_one_that_leads_nowhere_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "other.json").write_text(sleeper_history("other"))
    (tmp_path / "histories" / "more").symlink_to(tmp_path / "outside")
    (tmp_path / "histories" / "round").symlink_to(tmp_path / "histories")

    assert exit_code(["replay", "check"]) == 0
    assert "2 histories: 2 replayed" in capsys.readouterr().out
    (tmp_path / "histories" / "gone.json").symlink_to(tmp_path / "nowhere.json")
    assert exit_code(["replay", "check"]) == 4
    assert "cannot be read: No such file or directory" in capsys.readouterr().out


def test_the_code_that_is_asked_may_be_a_revision_or_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch, CHANGED)
    recorded(tmp_path)
    committed("sleeping")
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "sleeping").rename(other / "sleeping")

    assert exit_code(["replay", "check", "--code", "HEAD"]) == 1
    shown = capsys.readouterr().out
    assert "event 5 TimerStarted (id 1)" in shown
    assert "sleeping/app.py:" in shown
    (other / "sleeping" / "app.py").write_text(APPLICATION.format(body=SAME, failures="()"))
    assert exit_code(["replay", "check", "--code", "other"]) == 0
    assert capsys.readouterr().out.splitlines() == ["1 history: 1 replayed", "VALID"]
    assert exit_code(["replay", "check", "--code", "nowhere"]) == 2
    assert "neither a folder nor a revision" in capsys.readouterr().err
    (tmp_path / "bare").mkdir()
    assert exit_code(["replay", "check", "--code", "bare"]) == 2
    assert "sleeping.app lies neither in it nor in its src" in capsys.readouterr().err


GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com")


def committed(*places: str) -> None:
    for words in (["init", "-q"], ["add", *places], ["commit", "-qm", "as it is"]):
        subprocess.run([*GIT, *words], check=True)


def test_a_revision_gets_nothing_from_the_folder_that_lies_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    app = tmp_path / "sleeping" / "app.py"
    app.write_text(f"import forgotten\n{app.read_text()}")
    committed("sleeping")
    (tmp_path / "forgotten.py").touch()

    assert exit_code(["replay", "check"]) == 0
    assert exit_code(["replay", "check", "--code", "HEAD"]) == 2
    assert "No module named 'forgotten'" in capsys.readouterr().err


def test_a_revision_may_have_links_that_lead_out_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    (tmp_path / "hosts").symlink_to("/etc/hosts")
    (tmp_path / "above").symlink_to("../../above")
    committed("sleeping", "hosts", "above")

    assert exit_code(["replay", "check", "--code", "HEAD"]) == 0


@pytest.mark.parametrize("code", ["", " ", "--output=taken"])
def test_code_that_names_nothing_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)

    assert exit_code(["replay", "check", f"--code={code}"]) == 2
    assert "neither a folder nor a revision" in capsys.readouterr().err


def test_an_application_that_cannot_be_imported_is_a_mistake_in_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    (tmp_path / "sleeping" / "app.py").write_text("import asyncio\nraise RuntimeError('broken')\n")

    assert exit_code(["replay", "check"]) == 2
    shown = capsys.readouterr().err
    assert "app.py:2: RuntimeError: broken" in shown
    assert "Traceback" not in shown


def test_workflows_that_no_worker_can_be_made_with_are_invalid_and_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    app = tmp_path / "sleeping" / "app.py"
    boxed = app.read_text().replace('worker_options={"workflow_runner": UnsandboxedWorkflowRunner()},', "")
    app.write_text(f"{boxed}import subprocess\nsubprocess.run(['true'])\n")

    assert exit_code(["replay", "check"]) == 1
    assert "app.py:22: RestrictedWorkflowAccessError: Cannot access subprocess.run" in capsys.readouterr().out


def test_suspect_code_is_told_before_any_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch, f"__import__('time')\n        open('rates.csv') if False else None\n        {SAME}")
    recorded(tmp_path)

    assert exit_code(["replay", "check", "--rungs", "lint"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("INVALID  outside: sleeping/app.py:")
    assert shown[-2:] == ["1 history: 1 replayed", "INVALID"]
    assert exit_code(["replay", "check", "--rungs", "replay"]) == 0


def test_a_rung_that_there_is_not_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)

    assert exit_code(["replay", "check", "--rungs", "drifts"]) == 2
    assert "there is no rung 'drifts'; there are drift, lint, replay" in capsys.readouterr().err


def test_what_is_recorded_from_files_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    (tmp_path / "exports").mkdir()
    for name in ("one", "two"):
        (tmp_path / "exports" / f"{name}.json").write_text(sleeper_history(name))

    assert exit_code(["replay", "record", "--from", "exports"]) == 0
    assert "2 histories: 1 kept, 0 that cannot be replayed" in capsys.readouterr().out
    assert exit_code(["replay", "check"]) == 0
    (tmp_path / "exports" / "torn.json").write_text("{")
    assert exit_code(["replay", "record", "--from", "exports"]) == 4
    assert "torn.json: not a history" in capsys.readouterr().err
    assert exit_code(["replay", "record", "--from", "exports", "--type", "Sleeper"]) == 2
    assert exit_code(["replay", "record", "--from", "nowhere"]) == 2


def test_coverage_names_what_it_cannot_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)
    (tmp_path / "sleeping").rename(tmp_path / "covered_by_cli_test")
    (tmp_path / "pyproject.toml").write_text(PROJECT.replace("sleeping.app", "covered_by_cli_test.app"))
    monkeypatch.syspath_prepend(tmp_path)

    assert exit_code(["replay", "coverage"]) == 0
    (tmp_path / "histories" / "torn.json").write_text("{")
    assert exit_code(["replay", "coverage"]) == 4
    assert "torn.json: not a history" in capsys.readouterr().err
    for name in [name for name in sys.modules if name.startswith("covered_by_cli_test")]:
        del sys.modules[name]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "-1", "0", "86401"])
def test_a_bound_that_bounds_nothing_is_a_mistake(
    seconds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)

    assert exit_code(["replay", "check", "--seconds", seconds]) == 2
    assert "'--seconds'" in capsys.readouterr().err


def test_an_upgrade_needs_the_code_that_runs_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)

    assert exit_code(["replay", "check", "--rungs", "upgrade"]) == 2
    assert exit_code(["replay", "check", "--running", "main"]) == 2
    assert capsys.readouterr().err.count("--rungs upgrade and --running REVISION go together") == 2
