"""One synthetic run, made once, for the tests that judge it and the tests that damage it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.experiment.claim import Claim
from harness.record.reader import read_record
from harness.record.record import Record
from scenarios.invoices.synthetic.claim import claim_on
from scenarios.invoices.synthetic.run import make_run


@dataclass(frozen=True)
class Innocent:
    """A run in which nothing is wrong, and the claim that it is judged by."""

    record: Record
    claim: Claim
    folder: Path


@pytest.fixture(scope="session")
def innocent(tmp_path_factory: pytest.TempPathFactory) -> Innocent:
    folder = tmp_path_factory.mktemp("synthetic") / "run"
    made = make_run(folder, 1, count=150)
    return Innocent(read_record(folder), claim_on(made), folder)
