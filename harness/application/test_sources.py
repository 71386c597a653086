"""A history is replayed on the code that made it, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.application.sources import same_sources, sources_in
from harness.config import ProjectConfig
from harness.errors import UsageError

PATCH = """\
--- a/shop/app.py
+++ b/shop/app.py
@@ -1 +1 @@
-price = 1
+price = 2
"""


@pytest.fixture
def config(tmp_path: Path) -> ProjectConfig:
    (tmp_path / "project" / "shop").mkdir(parents=True)
    (tmp_path / "project" / "shop" / "app.py").write_text("price = 1\n")
    return ProjectConfig(tmp_path / "project", "shop.app", "claims")


def test_the_digest_is_of_the_sources_and_of_nothing_else(config: ProjectConfig) -> None:
    before = sources_in(config.root, config.app)
    (config.root / "shop" / "__pycache__").mkdir()
    (config.root / "shop" / "__pycache__" / "app.pyc").write_text("x")
    (config.root / "elsewhere.py").write_text("x")
    assert sources_in(config.root, config.app) == before
    (config.root / "shop" / "app.py").write_text("price = 2\n")
    assert sources_in(config.root, config.app) != before


def test_a_single_module_and_a_src_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("x")
    (tmp_path / "src" / "two").mkdir(parents=True)
    assert sources_in(tmp_path, "one").sha256
    assert sources_in(tmp_path, "two.app").sha256
    assert sources_in(tmp_path, "three").sha256 is None


def test_the_project_as_it_is_serves_for_what_it_made(config: ProjectConfig) -> None:
    with same_sources(config, sources_in(config.root, config.app), None) as folder:
        assert folder == config.root


def test_the_patch_of_a_mutant_brings_its_code_back(config: ProjectConfig, tmp_path: Path) -> None:
    (tmp_path / "mutant.patch").write_text(PATCH)
    (tmp_path / "version" / "shop").mkdir(parents=True)
    (tmp_path / "version" / "shop" / "app.py").write_text("price = 2\n")
    made_by = sources_in(tmp_path / "version", config.app)
    with same_sources(config, made_by, tmp_path / "mutant.patch") as folder:
        assert (folder / "shop" / "app.py").read_text() == "price = 2\n"


def test_other_code_is_refused(config: ProjectConfig, tmp_path: Path) -> None:
    made_by = sources_in(config.root, config.app)
    (config.root / "shop" / "app.py").write_text("price = 3\n")
    with pytest.raises(UsageError, match="is not the code that made the run"), same_sources(config, made_by, None):
        pass
    (tmp_path / "mutant.patch").write_text(PATCH)
    with (
        pytest.raises(UsageError, match="the patch of the run does not fit the code here"),
        same_sources(config, made_by, tmp_path / "mutant.patch"),
    ):
        pass


def test_sources_that_nobody_knows_are_refused(config: ProjectConfig) -> None:
    unknown = sources_in(config.root / "nowhere", config.app)
    with pytest.raises(UsageError, match="nobody knows the sources"), same_sources(config, unknown, None):
        pass
