"""Where a test finds what it looks into: in a claim's variable, in the stack that is up, in its own option."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from harness.errors import UsageError
from harness.load.client.options import LoadOptions, parse_options
from harness.load.client.test_options import raw
from harness.load.drive.finding import find_sources
from harness.load.inside.sources import Sources, handed_over
from harness.load.measure.handover import INSIDE
from harness.record.rundir import write_json
from harness.stack.state import StackState, stack_folder, state_file

SHOWN = {"UI": "http://127.0.0.1:8088", "worker-1 metrics": "http://127.0.0.1:9201/metrics"}
FOUND = {"worker-1": "http://127.0.0.1:9201/metrics"}


def options(**given: str) -> LoadOptions:
    return parse_options(raw(**given))


def stack_in(folder: Path) -> Path:
    """A project whose stack is up: the id of its supervisor, which is this process, is a word of its command line."""
    (folder / "pyproject.toml").write_text('[tool.assay]\napp = "workflows.app"\nscenarios = "scenarios"\n')
    here = psutil.Process().cmdline()[0]
    state = StackState(here, "dev", os.getpid(), "127.0.0.1:7233", SHOWN, {})
    stack_folder(folder).mkdir(parents=True)
    write_json(state_file(stack_folder(folder)), asdict(state))
    return folder


def test_the_stack_that_is_up_is_looked_into_with_its_processes(tmp_path: Path) -> None:
    assert find_sources(options(), start=stack_in(tmp_path), environ={}) == Sources(FOUND, os.getpid())


def test_a_claims_run_hands_over_its_own(tmp_path: Path) -> None:
    environ = {INSIDE: handed_over(SHOWN, 77)}
    chosen = options(run_folder=str(tmp_path), temporal_address="127.0.0.1:1")
    assert find_sources(chosen, start=tmp_path, environ=environ) == Sources(FOUND, 77)
    # Of the run of a claim it is the claim's stack that is loaded, whatever else is up here.
    assert not find_sources(chosen, start=stack_in(tmp_path), environ={})


def test_of_another_server_nothing_is_known_but_what_the_option_names(tmp_path: Path) -> None:
    elsewhere = options(temporal_address="temporal:7233", metrics="history = http://history:9102/metrics,")
    sources = find_sources(elsewhere, start=stack_in(tmp_path), environ={})
    assert sources == Sources({"history": "http://history:9102/metrics"})
    assert not find_sources(options(temporal_address="temporal:7233"), start=tmp_path, environ={})


def test_what_the_option_names_is_added_to_the_stacks(tmp_path: Path) -> None:
    sources = find_sources(options(metrics="mine=http://127.0.0.1:1/"), start=stack_in(tmp_path), environ={})
    assert sources.metrics == {**FOUND, "mine": "http://127.0.0.1:1/"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://worker:9201/metrics", "NAME=URL"),
        ("worker-1=worker:9201", "NAME=URL"),
        ("worker-1=http:///metrics", "NAME=URL"),
        ("a=http://one,a=http://two", "names 'a' twice"),
    ],
)
def test_a_page_that_is_named_wrongly_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"--metrics .*{says}"):
        options(metrics=text)
