"""The project's modules are found here, in what is started from here, and in a version before the project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from harness.application.project import put_on_path, python_path, require_own_names
from harness.errors import UsageError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One with a `src`; the path of this process is put back afterwards."""
    monkeypatch.setattr(sys, "path", ["the script's", *sys.path])
    for name, value in (("PYTHONPATH", "theirs"), ("NO_PROXY", ""), ("no_proxy", "")):
        monkeypatch.setenv(name, value)
    (tmp_path / "src").mkdir()
    (tmp_path / "below").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.assay]\napp = "shop"\nscenarios = "claims"\n')
    return tmp_path


def said_by(folder: Path, code: str) -> str:
    command = [sys.executable, "-P", "-c", code]
    environment = {**os.environ, **python_path(folder)}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout


def test_root_and_src_come_right_behind_the_scripts_own_folder(project: Path) -> None:
    put_on_path(project / "below")
    assert sys.path[:3] == ["the script's", str(project / "src"), str(project)]
    assert os.environ["PYTHONPATH"] == os.pathsep.join([str(project / "src"), str(project), "theirs"])


def test_twice_is_once(project: Path) -> None:
    put_on_path(project)
    once = list(sys.path), os.environ["PYTHONPATH"]
    put_on_path(project)
    assert (sys.path, os.environ["PYTHONPATH"]) == once


def test_outside_of_a_project_nothing_changes(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    before = list(sys.path)
    put_on_path(project)
    assert (sys.path, os.environ["PYTHONPATH"]) == (before, "theirs")


def test_a_version_comes_before_its_project(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    version = tmp_path_factory.mktemp("version")
    (version / "src").mkdir()
    for folder, answer in ((project, 42), (version, 41)):
        (folder / "src" / "shop.py").write_text(f"ANSWER = {answer}\n")
    (project / "helper.py").write_text("HELP = 'of the project'\n")
    put_on_path(project)
    assert said_by(version, "import shop, helper; print(shop.ANSWER, helper.HELP)") == "41 of the project\n"
    assert said_by(project, "import shop; print(shop.ANSWER)") == "42\n"


@pytest.mark.parametrize("name", ["harness/__init__.py", "chaos/__init__.py", "src/assay.py"])
def test_a_package_called_as_one_of_ours_is_refused(project: Path, name: str) -> None:
    require_own_names(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).touch()
    refusal = f"^{re.escape(str(project / name))}: Python would take this for a part of Assay"
    with pytest.raises(UsageError, match=refusal):
        require_own_names(project / "below")


def test_a_checkout_of_assay_and_a_folder_without_a_package_are_not(project: Path) -> None:
    require_own_names(Path(__file__))
    (project / "chaos").mkdir()
    (project / "chaos" / "notes.md").touch()
    require_own_names(project)


def test_no_proxy_gets_what_goes_to_this_machine(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With httpx, with what the standard library asks, and in what is started from here."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "intranet.test")
    monkeypatch.delenv("no_proxy", raising=False)
    put_on_path(project)
    put_on_path(project)

    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "intranet.test,127.0.0.1,localhost,::1"
    monkeypatch.setenv("no_proxy", "*")
    put_on_path(project)
    assert os.environ["no_proxy"] == "*"
    monkeypatch.setenv("no_proxy", os.environ["NO_PROXY"])
    asked = "import urllib.request as r; print([r.proxy_bypass(h) for h in ('127.0.0.1:80', 'localhost', 'x.test')])"
    assert said_by(project, asked) == "[True, True, False]\n"
    client = httpx.Client()
    for url, direct in (("http://127.0.0.1:80", True), ("http://localhost:80", True), ("http://x.test", False)):
        assert (client._transport_for_url(httpx.URL(url)) is client._transport) is direct
