"""Every broken version still applies to the application as it is; what each breaks is shown by `assay mutants`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.application.version import Mutant, load_mutants, version_folder
from harness.config import load_config
from harness.experiment.claims import claim_names

CONFIG = load_config(Path(__file__))


@pytest.mark.parametrize("mutant", load_mutants(CONFIG), ids=lambda mutant: mutant.name)
def test_a_patch_applies_and_its_claim_is_one(mutant: Mutant) -> None:
    with version_folder(CONFIG, mutant) as folder:
        assert folder != CONFIG.root
        for name in re.findall(r"^\+\+\+ b/(.+\.py)$", mutant.patch.read_text(), re.MULTILINE):
            # A version that cannot be read breaks no promise of its own but all.
            compile((folder / name).read_text(), name, "exec")
    assert mutant.claim in claim_names(CONFIG)
