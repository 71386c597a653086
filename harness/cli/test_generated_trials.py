"""`assay mutants --generated N` on a small application: what nobody notices survives, and is excused by name alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.config import load_config
from harness.mutants.generated.candidates import candidates
from harness.mutants.generated.page import COMMAND
from harness.mutants.generated.source import sources_of
from harness.report.marked import marks, table_in

SHOP = """\
from harness.simulate.testing_toy import ToyCompany, app

async def pay(company, name):
    await ToyCompany._pay(company, name)
    return 1.5, "paid"

async def never(company):
    company.paid.clear()
"""
"""Four changes are possible in what is reached: two that nobody notices, and two after which nothing is paid."""
TRIAL = """\
from dataclasses import dataclass
from harness.record.memory_journal import MemoryJournal
from harness.simulate.testing_toy import Toy, ToyCompany, ToySimulated
from toy_shop import pay

class Company(ToyCompany):
    async def _pay(self, name):
        await pay(ToyCompany(self.around, self.journal, self.careful, self.paid), name)

@dataclass(frozen=True)
class Family(Toy):
    def company(self, around):
        return Company(around, MemoryJournal("world", around.monotonic), self.careful)

simulated = ToySimulated((Family("careful", careful=True),))
"""
TABLE = """\
[tool.assay]
app = "toy_shop"
scenarios = "claims"
simulated = "toy_trial"
mutants = "mutants"
"""
TRY = ["mutants", "--generated", "9", "--executions", "9", "--seconds", "600"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the project, made the current one."""
    (tmp_path / "mutants").mkdir()
    files = {"toy_shop.py": SHOP, "toy_trial.py": TRIAL, "pyproject.toml": TABLE}
    files["mutants.md"] = "\n".join((*marks(COMMAND), ""))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("toy_shop", "toy_trial"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_survivors_are_shown_and_the_page_has_the_scores(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    possible = [each.generated() for each in candidates(sources_of(load_config(project)))]
    (number,) = (each.name for each in possible if "+    return 3.0" in each.diff)
    (project / "mutants" / "equivalent.toml").write_text(f'"{number}" = "nobody reads it"\n')

    assert exit_code([*TRY, "--write", "mutants.md"]) == 1

    told = capsys.readouterr().out
    assert "seed 1: 67%, 2 of 3 killed, 1 equivalent\n  once: killed 2\n" in told
    assert f"equivalent: {number}: nobody reads it\n" in told
    assert "SURVIVED toy_shop.pay.constant." in told
    assert '-    return 1.5, "paid"\n+    return 1.5, "paid~"\n' in told
    assert "INVALID: 67%, 2 of 3 killed, 1 equivalent; at least 80% are demanded\n" in told
    table = table_in(project / "mutants.md", COMMAND)
    assert "| seed 1 | 67% | 2 | 1 | 0 | 0 | 1 |" in table
    assert "| *constant* | 0% | 0 | 1 | 0 | 0 | 1 |" in table


def test_where_nothing_can_be_changed_nothing_is_proved(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "toy_shop.py").write_text(
        "from harness.simulate.testing_toy import ToyCompany, app\npay = ToyCompany._pay\n"
    )

    assert exit_code(TRY) == 4

    assert "UNKNOWN: none to score, 0 of 0 killed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("added", "arguments", "told"),
    [
        ('vital = "toy_shop.py gone.py"\n', TRY, "no file of the application fits gone.py"),
        ("", [*TRY, "--write", "nowhere.md"], "nowhere.md cannot be read"),
        ("", [*TRY, "--simulate"], "leave out the rest"),
        ("", [*TRY, "--list", "--jobs", "2"], "leave out the rest"),
        ("", ["mutants", "--seconds", "5"], "add --simulate or --generated N"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    project: Path, added: str, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(TABLE + added)

    assert exit_code(arguments) == 2
    assert told in capsys.readouterr().err
