"""A stranger's shop with schedules, in one module: a test plants those that it is about."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli.main import exit_code

SHOP = """\
from datetime import timedelta

from assay import Queue, Schedule
from temporalio import workflow
from temporalio.client import ScheduleCalendarSpec, ScheduleIntervalSpec, ScheduleOverlapPolicy, ScheduleRange

@workflow.defn
class Close:
    @workflow.run
    async def run(self, month: str) -> None: ...

class app:
    queues = {"books": Queue((Close,), ())}
    activities = staticmethod(lambda ports: [])
    search_attributes = {"BusinessStatus": "Keyword"}
    schedules = {
        {schedules}
    }
"""


@dataclass(frozen=True)
class Shop:
    """The project, and the server that its commands go to.

    :param prefix: of every schedule's id, because tests share a server.
    """

    folder: Path
    module: str
    address: str
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    prefix: str

    def offers(self, **schedules: str) -> None:
        """Write the module: name → what `Schedule` is given beside workflow and queue."""
        lines = [
            f'"{self.prefix}{name}": Schedule(**{{"workflow": "Close", "task_queue": "books", **dict({given})}}),'
            for name, given in schedules.items()
        ]
        self.writes("\n        ".join(lines))

    def writes(self, schedules: str) -> None:
        """Write the module, with these lines within its `schedules`."""
        (self.folder / f"{self.module}.py").write_text(SHOP.replace("{schedules}", schedules))

    def says(self, *arguments: str, code: int = 0) -> str:
        """`assay schedules …`, which has to end with the code; what it said on both streams, without the prefix."""
        # Python would take what was written within the same second, and is as long, for what it has read before.
        self.monkeypatch.delitem(sys.modules, self.module, raising=False)
        self.monkeypatch.setattr("sys.dont_write_bytecode", True)
        self.monkeypatch.setenv("TEMPORAL_ADDRESS", self.address)
        ended = exit_code(["schedules", *arguments])
        said = self.capsys.readouterr()
        text = (said.out + said.err).replace(self.prefix, "")
        assert ended == code, text
        return text


def shop(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop of its own, in a folder that the test stands in."""
    word = secrets.token_hex(4)
    module = f"shop_{word}"
    (tmp_path / "pyproject.toml").write_text(f'[tool.assay]\napp = "{module}"\nscenarios = "claims"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return Shop(tmp_path, module, address, capsys, monkeypatch, f"{word}-")
