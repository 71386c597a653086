"""Claims are found where they lie, and a claim that is not where its stacks say is refused."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.claim import Claim, Evidence
from harness.experiment.claims import claim_names, load_claim
from harness.judge.checks.vacuity import VacuityCheck
from harness.seed import Seed

CLAIM = """\
from harness.experiment.claim import Claim, Evidence

CLAIM = Claim({name!r}, "promise", lambda seed: None, lambda seed: None, (), Evidence(1), stacks={stacks!r})
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    for name in [module for module in sys.modules if module.split(".")[0] == "found_claims"]:
        monkeypatch.delitem(sys.modules, name)
    folder = tmp_path / "found_claims"
    for part in (folder, folder / "full", folder / "orders"):
        part.mkdir()
        (part / "__init__.py").touch()
    return folder


def config(package: Path) -> ProjectConfig:
    return ProjectConfig(package.parent, "app", "found_claims")


def write(file: Path, stacks: tuple[Any, ...] = ("dev", "full")) -> None:
    name = file.stem.removeprefix("test_").replace("_", "-")
    file.write_text(CLAIM.format(name=name, stacks=stacks))


def test_claims_are_the_test_files_that_assign_one_wherever_they_lie(package: Path) -> None:
    write(package / "test_one_dies.py")
    write(package / "orders" / "test_order_lost.py")
    write(package / "full" / "test_links_break.py", stacks=("full",))
    write(package / "full" / "drawing.py")
    (package / "orders" / "test_rows.py").write_text("def test_rows():\n    CLAIM = 1\n    assert CLAIM == 1\n")
    assert claim_names(config(package)) == ["links-break", "one-dies", "order-lost"]
    assert load_claim(config(package), "order-lost").name == "order-lost"
    assert load_claim(config(package), "links-break").stacks == ("full",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CLAIM = 3", True),
        ("CLAIM: int = 3", True),
        ("OTHER, CLAIM = 1, 3", True),
        ("if 1:\n    CLAIM = 3", True),
        ("try:\n    pass\nexcept OSError:\n    pass\nelse:\n    CLAIM = 3", True),
        ("with open(0) as CLAIM:\n    pass", True),
        ("CLAIM == 3", False),
        ("CLAIM: int", False),
        ("def CLAIM():\n    CLAIM = 3", False),
        ("class Claim:\n    CLAIM = 3", False),
        ('X = """\nCLAIM = 3\n"""', False),
        ("CLAIM.name = print([CLAIM for _ in ()])", False),
        ("\ufeffif 1:\r\n    CLAIM = 3\r\n", True),
        (f"CLAIM = {'-' * 3000}1", True),
        (f"X = CLAIM == {'-' * 3000}1", False),
        ("X = 1\rCLAIM = = 3\r", True),
        ("CLAIM = 1\0", True),
        (f"if 1:\n CLAIM = {'1 + ' * 900}1", True),
        (f"X = {'(' * 150}(CLAIM := 1){')' * 150}", True),
    ],
)
def test_a_claim_is_what_the_module_assigns(package: Path, text: str, found: bool) -> None:
    (package / "test_x.py").write_bytes(text.encode())
    assert claim_names(config(package)) == (["x"] if found else [])


def test_two_claims_of_one_name_are_refused(package: Path) -> None:
    write(package / "test_one_dies.py")
    write(package / "full" / "test_one_dies.py", stacks=("full",))
    with pytest.raises(UsageError, match="are both the claim 'one-dies'; rename one"):
        claim_names(config(package))


@pytest.mark.parametrize(
    ("file", "stacks", "complaint"),
    [
        ("full/test_x.py", ("dev", "full"), "it is in full/, so its stacks must begin with 'full'"),
        ("test_x.py", ("moon",), "stacks name 'moon'; there are dev, full"),
        ("test_x.py", (), "stacks name nothing; there are dev, full"),
        ("test_x.py", ([],), r"stacks name \[\]; there are dev, full"),
    ],
)
def test_stacks_that_are_none_or_not_the_folders_are_refused(
    package: Path, file: str, stacks: tuple[Any, ...], complaint: str
) -> None:
    write(package / file, stacks)
    with pytest.raises(UsageError, match=complaint):
        load_claim(config(package), "x")


def test_a_claim_is_held_to_its_evidence_whatever_its_checks_are() -> None:
    evidence = Evidence(operations_ok=1)
    bare = claim_of(evidence)
    assert bare.checks == (VacuityCheck(evidence),)
    assert claim_of(evidence, *bare.checks).checks == bare.checks


def claim_of(evidence: Evidence, *checks: VacuityCheck) -> Claim:
    def never(seed: Seed) -> Any:
        raise AssertionError("this claim is not tried")

    return Claim("x", "promise", never, never, checks, evidence)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("CLAIM = = 3\n", r"the claim 'x': cannot import 'found_claims.test_x': .*test_x.py:1: SyntaxError"),
        ("CLAIM = claim_on(3)\n", r".*test_x.py:1: NameError: name 'claim_on' is not defined"),
        ("NAME = 'caf\xe9'\nCLAIM = 3\n", r"the claim 'x': cannot import 'found_claims.test_x': .*SyntaxError"),
        ("CLAIM = 3\n", "test_x.py: CLAIM must be a Claim called 'x', as its file is; it is 3"),
    ],
)
def test_a_mistake_in_a_claims_file_is_told_with_its_line(package: Path, text: str, complaint: str) -> None:
    (package / "test_x.py").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match=complaint):
        load_claim(config(package), "x")


def test_claims_are_in_a_folder(package: Path) -> None:
    (package.parent / "found_claims_file.py").write_text("CLAIM = 3\n")
    with pytest.raises(UsageError, match=r"found_claims_file.py, and must be a folder"):
        claim_names(ProjectConfig(package.parent, "app", "found_claims_file"))


def test_a_folder_that_is_called_like_a_claim_is_none(package: Path) -> None:
    (package / "test_folder.py").mkdir()
    write(package / "test_x.py")
    assert claim_names(config(package)) == ["x"]


def test_a_file_that_cannot_be_read_is_refused_with_all_others(package: Path) -> None:
    (package / "test_gone.py").symlink_to("nowhere")
    (package / "test_itself.py").symlink_to("test_itself.py")
    os.mkfifo(package / "test_pipe.py")
    with pytest.raises(UsageError) as refused:
        claim_names(config(package))
    gone, itself, pipe = str(refused.value).split("; mend it, or take it out of the claims")[:3]
    assert gone.endswith("test_gone.py: cannot be read: No such file or directory")
    assert itself.endswith("test_itself.py: cannot be read: Too many levels of symbolic links")
    assert pipe.endswith("test_pipe.py: cannot be read: it is a folder, a pipe or the like, and no file")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_claim_that_python_cannot_read_is_a_claim_and_told_so(package: Path, encoding: str) -> None:
    (package / "test_x.py").write_text("CLAIM = 3\nNAME = 'caf\xe9'\n", encoding=encoding)
    assert claim_names(config(package)) == ["x"]
    with pytest.raises(UsageError, match=r"^the claim 'x': cannot import 'found_claims.test_x': .*SyntaxError"):
        load_claim(config(package), "x")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("if 0: CLAIM = 3\ndef __getattr__(name): raise LookupError(name)", r"test_x.py:2: LookupError: CLAIM$"),
        ("class X:\n def __repr__(self): 1 // 0\nCLAIM = X()", r"it is a X \(its __repr__ raises ZeroDivisionError\)"),
        ("class X:\n @property\n def __class__(self): 1 // 0\nCLAIM = X()", r"test_x.py:3: ZeroDivisionError"),
        ("CLAIM = 'x' * 1_000_000", r"it is '[x]{100,200}…$"),
    ],
)
def test_what_cannot_even_be_looked_at_is_told_with_its_line(package: Path, text: str, complaint: str) -> None:
    (package / "test_x.py").write_text(text)
    with pytest.raises(UsageError, match=complaint):
        load_claim(config(package), "x")


@pytest.mark.parametrize(
    ("part", "value"),
    [("workload", None), ("nemesis", 3), ("checks", None), ("checks", ("liveness",)), ("evidence", {}), ("stacks", 3)],
)
def test_what_no_claim_is_made_of_is_refused_by_name(part: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"^the claim 'x': {part} cannot be "):
        dataclasses.replace(claim_of(Evidence(operations_ok=1)), **{part: value})  # type: ignore[arg-type]


def test_a_claims_module_may_put_another_object_in_its_place(package: Path) -> None:
    write(package / "test_x.py")
    lazy = "import sys\nclass Lazy:\n    CLAIM = CLAIM\nsys.modules[__name__] = Lazy()\n"
    (package / "test_x.py").write_text((package / "test_x.py").read_text() + lazy)
    assert load_claim(config(package), "x").name == "x"
