"""The one place where locust's events are listened to; a locustfile calls ``listen`` once.

Data flow: locust → **wiring** → options, roles. Options are checked when locust begins, so that a wrong one ends
it with 2 before anything is asked of the system; where nothing is up, it exits with 3.
"""

from __future__ import annotations

import gc
import inspect
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from harness.application.project import put_on_path
from harness.errors import AssayError
from harness.load.client.options import LoadOptions, add_options, parse_options
from harness.load.client.own_options import Option, add_own
from harness.load.client.target import find_target
from harness.load.drive.judging import Judging
from harness.load.drive.roles import Alone, Master, Role, Worker
from harness.load.drive.web import show_in

WEB_HOST = "127.0.0.1"

_listening: list[bool] = []


def listen(*own: Option, **defaults: str) -> None:
    """Have the load test begin, end and be judged with locust's; a second call changes nothing.

    From here on, Python finds the modules of the project that locust was started in.

    :param own: options that this locustfile has, beside those of every load test.
    :param defaults: options that have another default in this locustfile: ``arrivals``, ``rate``...
    """
    if not _listening:
        _listening.append(True)
        put_on_path(Path.cwd())
        add_own({option.name: option for option in own})
        heard: Any = events
        heard.init_command_line_parser.add_listener(lambda parser, **_: _set_up(parser, defaults))
        heard.init.add_listener(_begin)


def _set_up(parser: Any, defaults: Mapping[str, str]) -> None:
    # The web UI starts tests and knows no password; locust's own default is to listen everywhere.
    parser.set_defaults(web_host=WEB_HOST)
    add_options(parser, defaults)


def _begin(environment: Environment, **_: Any) -> None:
    raw: Any = environment.parsed_options
    try:
        options = parse_options(raw)
        if raw.headless and not raw.worker:
            find_target(options.named, start=Path.cwd())
    except AssayError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(error.exit_code)
    # One line for each request would be the load's own load.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    _interrupt_the_main_greenlet()
    _drain(environment, options)
    # libev's clock stands as it did before the imports: without this the time limit comes early by as much.
    gevent.get_hub().loop.update_now()
    # locust looks at its own stack when it stops a test; the first look reads all modules' sources, and the hub stands.
    inspect.stack()
    # A full collection went through all that was imported, 40 ms in which no greenlet runs; none of it goes any more.
    gc.freeze()
    _connect(environment, _role_of(environment))


def _interrupt_the_main_greenlet() -> None:
    """Ctrl-C ends the test, and not by chance one of its users in the middle of a call: whoever runs just then."""
    hub: Any = gevent.get_hub()
    gevent.signal_handler(signal.SIGINT, hub.loop.run_callback, hub.parent.throw, KeyboardInterrupt)


def _drain(environment: Environment, options: LoadOptions) -> None:
    """Without a limit of locust's own, work under way may end; by default it would be killed unseen."""
    if not environment.stop_timeout:
        environment.stop_timeout = options.drain_seconds


def _role_of(environment: Environment) -> Role:
    runner: Any = environment.runner
    heard: Any = environment.events
    if isinstance(runner, MasterRunner):
        master = Master(environment, runner)
        heard.worker_report.add_listener(lambda client_id, data, **_: master.heard(client_id, data))
        _show(environment, master)
        return master
    if isinstance(runner, WorkerRunner):
        worker = Worker(environment, runner)
        heard.report_to_master.add_listener(lambda data, **_: worker.report(data))
        heard.user_error.add_listener(lambda exception, **_: worker.part.trouble(_mistake(exception)))
        return worker
    alone = Alone(environment)
    _show(environment, alone)
    heard.user_error.add_listener(lambda exception, **_: alone.part.trouble(_mistake(exception)))
    return alone


def _show(environment: Environment, judging: Judging) -> None:
    """In the web UI where there is one; otherwise at the very end, below the tables that locust prints of its own."""
    heard: Any = environment.events
    show_in(environment.web_ui, environment.runner, judging.seen)
    heard.quit.add_listener(lambda **_: judging.say_at_the_end())


def _connect(environment: Environment, role: Role) -> None:
    heard: Any = environment.events
    heard.test_start.add_listener(lambda **_: role.begin())
    heard.test_stopping.add_listener(lambda **_: role.stopping())
    heard.test_stop.add_listener(lambda **_: role.end())
    # Later than the runner's own, and locust fires these in reverse: ours comes first, while the workers still listen.
    heard.quitting.add_listener(lambda **_: role.quit())


def _mistake(error: BaseException) -> str:
    return f"the locustfile failed with {type(error).__name__}: {str(error)[:200]}"
