"""What a process of the bench is asked to play, and its score: both go through files of its folder.

All players of one measurement begin together: each says that it is warm (``ready``), and waits until it is told to
begin (``go``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.simulate.bench import Project

WHOLE, BARE, SERVER = "whole", "bare", "server"
"""Ways to play: whole companies in the simulator, the bare workflow there, and the bare workflow on a server."""


@dataclass(frozen=True)
class Play:
    """One process's part.

    :param way: ``WHOLE``, ``BARE`` or ``SERVER``.
    :param number: of this process among ``players``, from 1.
    :param in_flight: executions under way at a time in this process.
    :param seconds: how long it is measured.
    :param address: of the server.
    :param skips_time: whether executions are begun so that the server skips their time.
    """

    app: str
    simulated: str
    family: str
    way: str
    folder: str
    number: int = 1
    players: int = 1
    in_flight: int = 1
    seconds: float = 1.0
    address: str = ""
    skips_time: bool = False

    @property
    def project(self) -> Project:
        """Whose workflow it is."""
        return Project(self.app, self.simulated)

    @property
    def ready(self) -> Path:
        """There as soon as the player is warm."""
        return Path(self.folder) / f"ready-{self.number}"

    @property
    def go(self) -> Path:
        """There as soon as all are."""
        return Path(self.folder) / "go"

    @property
    def score(self) -> Path:
        """What it did."""
        return Path(self.folder) / f"score-{self.number}.json"

    def write(self) -> Path:
        """The file that the player is started with."""
        file = Path(self.folder) / f"play-{self.number}.json"
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return file

    @staticmethod
    def read(file: Path) -> Play:
        """What ``write`` wrote."""
        return Play(**json.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Score:
    """So many executions ended within so many seconds."""

    executions: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Executions that ended in a second."""
        return self.executions / self.seconds

    def write(self, file: Path) -> None:
        """For ``read``; the file is there only when it is whole."""
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self)), encoding="utf-8")
        unfinished.replace(file)

    @staticmethod
    def read(file: Path) -> Score:
        """What ``write`` wrote."""
        return Score(**json.loads(file.read_text(encoding="utf-8")))
