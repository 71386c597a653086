"""What a locust process does in a load test: alone all of it, as a worker a part, as the master beginning and end.

Where it fits: `wiring` hands locust's events to the **role** of this process; roles use `part`, `collecting` and
`judging`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import gevent
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from harness.errors import AssayError, EnvironmentMissing
from harness.load.client.connection import Connection, open_connection
from harness.load.client.session import Place, the_session
from harness.load.client.target import find_target
from harness.load.drive.judging import Judging
from harness.load.drive.part import Part
from harness.load.measure.collecting import Collected, Snapshot
from harness.load.measure.last_words import IN_REPORT, LAST_WORD, STOP, UNREACHABLE, ask_for_last_words

LAST_WORD_MARGIN_SECONDS = 10.0


class Role(Protocol):
    """What happens when locust says that a test starts, ends its users, has stopped, and that the process ends."""

    def begin(self) -> None:
        """A test starts."""

    def stopping(self) -> None:
        """The users are about to be stopped."""

    def end(self) -> None:
        """The users are stopped."""

    def quit(self) -> None:
        """The process is about to end."""


class Alone(Judging):
    """One process does all of it."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.part = Part(environment)

    def begin(self) -> None:
        """See ``Role``."""
        try:
            test = self.make_test()
            self.part.begin(Place(), seed=test.seed, tag=test.tag)
        except AssayError as error:
            self.give_up(error)

    def stopping(self) -> None:
        """See ``Role``."""
        self.look_at_the_clock()
        self.part.end_work()

    def end(self) -> None:
        """See ``Role``."""
        self.part.end()
        if self.test is not None:
            self.judge(self.part.snapshot(), the_session().connection)
        self.part.close()


class Worker:
    """Does its part and tells the master."""

    def __init__(self, environment: Environment, runner: WorkerRunner) -> None:
        self.environment = environment
        self.runner = runner
        self.part = Part(environment)
        runner.register_message(STOP, lambda **_: gevent.spawn(runner.stop))

    def begin(self) -> None:
        """See ``Role``."""
        raw: Any = self.environment.parsed_options
        places: dict[str, int] = raw.assay_places
        place = Place(places.get(self.runner.client_id), max(1, len(places)), str(self.runner.worker_index))
        try:
            self.part.begin(place, seed=raw.assay_seed, tag=raw.assay_tag)
        except AssayError as error:
            self.runner.send_message(UNREACHABLE, {"error": str(error), "exit_code": error.exit_code})

    def stopping(self) -> None:
        """See ``Role``."""
        self.part.end_work()

    def end(self) -> None:
        """See ``Role``."""
        self.part.end()
        self.runner.send_message(LAST_WORD, self.part.snapshot().to_json())
        self.part.close()
        # locust would now sleep for as long as users are given to stop, deaf to the master, and they have stopped. The
        # next test brings the number anew.
        self.environment.stop_timeout = 0.0

    def quit(self) -> None:
        """See ``Role``."""
        self.runner.stop()
        self.environment.process_exit_code = 0

    def report(self, data: dict[str, Any]) -> None:
        """All that was measured so far, with locust's own report."""
        data[IN_REPORT] = self.part.snapshot().to_json()


class Master(Judging):
    """Begins the test, collects what the workers measured, and judges."""

    def __init__(self, environment: Environment, runner: MasterRunner) -> None:
        super().__init__(environment)
        self.runner = runner
        self.collected = Collected()
        self.connection: Connection | None = None
        runner.register_message(LAST_WORD, self._last_word)
        runner.register_message(UNREACHABLE, self._unreachable)

    def begin(self) -> None:
        """See ``Role``."""
        raw: Any = self.environment.parsed_options
        raw.assay_places = {client_id: index for index, client_id in enumerate(sorted(self.runner.clients))}
        try:
            test = self.make_test()
            self.collected = Collected(test.tag, frozenset(raw.assay_places))
            self.connection = open_connection(find_target(test.options.named, start=Path.cwd()))
        except AssayError as error:
            self.give_up(error)

    def stopping(self) -> None:
        """See ``Role``."""
        self.look_at_the_clock()
        self.collected.ending = True

    def end(self) -> None:
        """See ``Role``."""
        if self.test is not None and self.connection is not None:
            patience_seconds = self.environment.stop_timeout + LAST_WORD_MARGIN_SECONDS
            ask_for_last_words(self.runner, self.collected, timeout_seconds=patience_seconds)
            self.judge(self.collected.all(), self.connection)
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def heard(self, worker: str, data: dict[str, Any]) -> None:
        """A report of a worker."""
        if IN_REPORT in data:
            self.collected.heard(worker, Snapshot.from_json(data[IN_REPORT]))

    def _last_word(self, msg: Any, **_: Any) -> None:
        self.collected.heard(msg.node_id, Snapshot.from_json(msg.data), last=True)

    def _unreachable(self, msg: Any, **_: Any) -> None:
        if self.test is not None:
            self.give_up(EnvironmentMissing(f"worker {msg.node_id}: {msg.data['error']}"))
