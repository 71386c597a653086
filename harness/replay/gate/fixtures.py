"""The pytest fixture by which a project's own suite asks its code of its own corpus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.replay.gate.gate import Answers

ReplayGate = Callable[..., "Answers"]


@pytest.fixture
def replay_gate(pytestconfig: pytest.Config) -> ReplayGate:
    """A function that does what `assay replay check --corpus DIR` does, prints it, and returns the answers.

    Called without a folder it takes that of ``[tool.assay] histories``; a relative one lies in the project. With
    ``prefixes=True`` each history is also replayed as it was in flight. The answers have a ``verdict``; what is said of
    each failure is what pytest shows of a test that fails.
    """
    # Imported where it is used: what is imported before coverage begins counts as never run.
    import click

    from harness.config import load_config
    from harness.errors import UsageError
    from harness.replay.gate.asked import DEFAULT, PREFIXES, asked

    def gate(corpus: str | None = None, *, prefixes: bool = False) -> Answers:
        try:
            config = load_config(pytestconfig.rootpath)
            folder = None if corpus is None else config.root / corpus
            with asked(config, folder, [*DEFAULT, *([PREFIXES] if prefixes else [])]) as found:
                click.echo("\n".join(found.lines))
        except UsageError as error:
            pytest.fail(str(error), pytrace=False)
        return found.answers

    return gate
