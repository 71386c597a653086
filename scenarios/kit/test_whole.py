"""Every family is whole: it has all that docs/family.md promises, and nothing of it is there for show.

Not covered here: that its histories replay (``test_histories``), that its patches apply (``test_patches``) and that its
mutants are caught (`assay mutants`).
"""

from __future__ import annotations

import importlib
import json
import re
from base64 import b64encode
from pathlib import Path

import pytest

from harness.application.version import load_mutants
from harness.config import load_config
from harness.experiment.claim import Claim
from harness.experiment.claims import claim_names, load_claim
from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import WAYS
from harness.replay.gate.corpus import files_below
from harness.replay.gate.staging import read_bytes
from scenarios.kit.effects import Effects
from scenarios.kit.family import Family
from scenarios.kit.folders import family_folders
from workflows.families import families

CONFIG = load_config(Path(__file__))
ROOT = CONFIG.root
NAMES = [folder.name for folder in family_folders()]
ROW = re.compile(r"^\| `((?:workflows|scenarios|load)/[^`…]+)` \|", re.MULTILINE)

JUDGED = {"effects", "availability", "results"}
"""What is judged of every family by its own oracle, whoever's check it is."""

ADVERSE = {"refused", "answers"}
"""Who says that what nobody should try is refused."""

every_family = pytest.mark.parametrize("name", NAMES)


def under_test(name: str) -> Family:
    family = importlib.import_module(f"scenarios.{name}.family").FAMILY
    assert isinstance(family, Family)
    return family


def effects_of(name: str) -> Effects:
    effects = importlib.import_module(f"scenarios.{name}.effects").EFFECTS
    assert isinstance(effects, Effects)
    return effects


def claims_of(name: str) -> list[Claim]:
    files = (ROOT / "scenarios" / name).rglob("test_*.py")
    names = {file.stem.removeprefix("test_").replace("_", "-") for file in files}
    return [load_claim(CONFIG, each) for each in claim_names(CONFIG) if each in names]


def missing_files(name: str) -> list[str]:
    """The files of the page's tables that a family does not have; a folder does for a file of its name."""
    page = (ROOT / "docs" / "family.md").read_text(encoding="utf-8")
    wanted = [*(each.replace("NAME", name) for each in ROW.findall(page)), f"load/test_{name}.py"]
    return [each for each in wanted if not (list(ROOT.glob(each)) or (ROOT / each.removesuffix(".py")).is_dir())]


def test_what_is_tried_is_what_there_is() -> None:
    assert [family.name for family in families()] == NAMES


@every_family
def test_it_has_every_file_of_the_page(name: str) -> None:
    assert missing_files(name) == []


def test_the_page_asks_for_something() -> None:
    assert len(missing_files("nobody")) >= 8


@every_family
def test_each_of_its_effects_has_a_promise_and_each_promise_an_effect(name: str) -> None:
    assert {promise.kind for promise in under_test(name).promises} == effects_of(name).kinds.keys()
    assert effects_of(name).names


@every_family
def test_each_of_its_effects_is_cut_in_every_way_by_one_of_its_claims(name: str) -> None:
    matrices = [check for claim in claims_of(name) for check in claim.checks if isinstance(check, CutsCheck)]
    cut = {(effect, way) for check in matrices for effect in check.effects for way in check.ways}
    assert {(effect, way) for effect in effects_of(name).names for way in WAYS} - cut == set()


@every_family
def test_each_of_its_claims_judges_all_that_it_does(name: str) -> None:
    assert claims_of(name)
    for claim in claims_of(name):
        checks = {check.name for check in claim.checks}
        assert checks >= JUDGED
        assert checks & ADVERSE
        assert sorted(checks) == sorted(check.name for check in claim.checks), "two checks have one name"


@every_family
def test_each_check_of_its_oracle_has_a_mutant_of_its_own(name: str) -> None:
    family = under_test(name)
    judged = JUDGED | {check.name for check in family.checks}
    judged |= {each for each, has in (("ends", family.ends), ("refused", family.refused)) if has}
    mutants = [each for each in load_mutants(CONFIG) if each.patch.parent == ROOT / "scenarios" / name / "mutants"]
    assert judged - {mutant.caught_by for mutant in mutants} == set()
    assert {mutant.claim for mutant in mutants} <= {claim.name for claim in claims_of(name)}


@every_family
def test_each_of_its_ends_is_in_some_history(name: str) -> None:
    (family,) = (each for each in families() if each.name == name)
    texts = [read_bytes(file).decode() for file in files_below(ROOT / "scenarios" / name / "histories")]
    ends = {end for states in family.final_states.values() for end in states}
    shown = {end for end in ends for text in texts if b64encode(json.dumps(end).encode()).decode() in text}
    assert ends - shown == set(), "`make histories` records them, once record.py drives the paths to them"
    assert ends == under_test(name).final_states
