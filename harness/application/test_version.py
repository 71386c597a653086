"""A mutant is a copy with a patch that really applied."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from harness.application import version
from harness.application.version import load_mutant, load_mutants, version_folder
from harness.config import ProjectConfig
from harness.errors import EnvironmentMissing, UsageError

PATCH = """\
Promise: the answer is right
Caught-by: answers
Claim: worker-killed

--- a/shop/app.py
+++ b/shop/app.py
@@ -1 +1 @@
-ANSWER = 42
+ANSWER = 41
"""


def project(root: Path, patch: str = PATCH) -> ProjectConfig:
    (root / "shop").mkdir()
    (root / "shop" / "app.py").write_text("ANSWER = 42\n")
    (root / "mutants").mkdir()
    (root / "mutants" / "wrong-answer.patch").write_text(patch)
    return ProjectConfig(root=root, app="shop.app", scenarios="claims", mutants="mutants")


def test_the_copy_is_patched_and_the_project_is_not(tmp_path: Path) -> None:
    config = project(tmp_path)
    with version_folder(config, load_mutant(config, "wrong-answer")) as folder:
        assert (folder / "shop" / "app.py").read_text() == "ANSWER = 41\n"
    assert not folder.exists()
    assert (tmp_path / "shop" / "app.py").read_text() == "ANSWER = 42\n"


@pytest.mark.parametrize(("folder", "name"), [("src/shop", "app.py"), ("src", "shop.py"), ("", "shop.py")])
def test_the_application_may_lie_in_src_and_be_one_module(tmp_path: Path, folder: str, name: str) -> None:
    place = Path(folder) / name
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("ANSWER = 42\n")
    (tmp_path / "mutants").mkdir()
    (tmp_path / "mutants" / "wrong-answer.patch").write_text(PATCH.replace("shop/app.py", place.as_posix()))
    app = "shop.app" if name == "app.py" else "shop"
    config = ProjectConfig(root=tmp_path, app=app, scenarios="claims", mutants="mutants")
    with version_folder(config, load_mutant(config, "wrong-answer")) as laid_out:
        assert (laid_out / place).read_text() == "ANSWER = 41\n"


def test_an_application_that_is_installed_from_elsewhere_has_no_mutants(tmp_path: Path) -> None:
    config = dataclasses.replace(project(tmp_path), app="elsewhere.app")
    with pytest.raises(UsageError, match="lies neither in"), version_folder(config, load_mutants(config)[0]):
        pass


def test_without_a_mutant_the_version_is_the_project_itself(tmp_path: Path) -> None:
    with version_folder(project(tmp_path), None) as folder:
        assert folder == tmp_path


def test_a_patch_that_no_longer_applies_is_an_error(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "shop" / "app.py").write_text("ANSWER = 43\n")
    with pytest.raises(UsageError, match="no longer applies"), version_folder(config, load_mutants(config)[0]):
        pass


def test_a_header_without_a_field_is_refused(tmp_path: Path) -> None:
    config = project(tmp_path, PATCH.replace("Caught-by: answers\n", ""))
    with pytest.raises(UsageError, match="lacks caught-by"):
        load_mutants(config)


def test_an_unknown_mutant_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="known: wrong-answer"):
        load_mutant(project(tmp_path), "nothing")


def test_a_header_that_is_not_utf_8_is_refused_and_what_is_patched_is_not(tmp_path: Path) -> None:
    config = project(tmp_path)
    file = tmp_path / "mutants" / "wrong-answer.patch"
    file.write_bytes(PATCH.encode() + b"# caf\xe9\n")
    assert load_mutants(config)[0].promise == "the answer is right"
    file.write_bytes(b"caf\xe9\n" + PATCH.encode())
    with pytest.raises(UsageError, match=r"wrong-answer.patch: the header is not valid UTF-8"):
        load_mutants(config)


def test_a_patch_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "mutants" / "gone.patch").symlink_to("nowhere")
    with pytest.raises(UsageError, match=r"gone.patch: cannot be read: No such file"):
        load_mutants(config)


def test_all_patches_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "mutants" / "gone.patch").symlink_to("nowhere")
    (tmp_path / "mutants" / "bare.patch").write_text("nothing\n")
    with pytest.raises(UsageError, match=r"bare.patch: the header lacks .*; .*gone.patch: cannot be read: "):
        load_mutants(config)


def test_a_byte_order_mark_before_the_header_is_none_of_it(tmp_path: Path) -> None:
    patch = "\ufeff" + PATCH
    assert load_mutants(project(tmp_path, patch))[0].promise == "the answer is right"


def test_the_name_of_a_patch_may_be_as_long_as_that_of_a_file(tmp_path: Path) -> None:
    config = project(tmp_path)
    (tmp_path / "mutants" / "wrong-answer.patch").rename(tmp_path / "mutants" / f"{'w' * 249}.patch")
    with version_folder(config, load_mutants(config)[0]) as folder:
        assert (folder / "shop" / "app.py").read_text() == "ANSWER = 41\n"


def test_what_git_says_may_be_in_any_encoding(tmp_path: Path) -> None:
    config = project(tmp_path)
    file = tmp_path / "mutants" / "wrong-answer.patch"
    file.write_bytes(PATCH.encode().replace(b"shop/app.py", b"shop/caf\xe9.py"))
    with pytest.raises(UsageError, match=r"wrong-answer.patch no longer applies: "):
        version_folder(config, load_mutants(config)[0]).__enter__()


def test_git_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = project(tmp_path)
    monkeypatch.setattr(version, "APPLY_SECONDS", 0)
    with pytest.raises(EnvironmentMissing, match=r"git did not apply .*wrong-answer.patch within 0 s"):
        version_folder(config, load_mutants(config)[0]).__enter__()


def test_all_patches_of_one_name_are_named(tmp_path: Path) -> None:
    config = dataclasses.replace(project(tmp_path), mutants="*/mutants")
    for folder in ("orders", "parcels"):
        (tmp_path / folder / "mutants").mkdir(parents=True)
        (tmp_path / folder / "mutants" / "late.patch").write_text(PATCH)
    told = r"orders/mutants/late.patch and .*parcels/mutants/late.patch are both the mutant 'late'; rename one$"
    with pytest.raises(UsageError, match=told):
        load_mutants(config)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["shop.py", "shop/data.csv"], "shop.py"),
        (["shop.py", "shop/__init__.py"], "shop"),
        (["shop/data.csv", "src/shop.py"], "src/shop.py"),
        (["shop/app.py", "src/other.py"], "shop"),
    ],
)
def test_the_code_is_what_python_would_import(tmp_path: Path, files: list[str], code: str) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    assert version.code_in(tmp_path, "shop.app") == tmp_path / code
