"""Finding a browser, and saying what to install where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.stack.programs import browser
from harness.stack.programs.browser import find_chromium, opened


def test_without_chromium_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser, "find_chromium", lambda: None)
    with pytest.raises(EnvironmentMissing, match="apt install chromium"), opened(tmp_path / "report.html"):
        pass


def test_without_playwright_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser, "find_chromium", lambda: tmp_path)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    wanted = r"pip install 'temporal-assay\[browser\]'"
    with pytest.raises(EnvironmentMissing, match=wanted), opened(tmp_path / "report.html"):
        pass


def test_the_browser_is_the_named_one_if_it_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "my-chromium"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("ASSAY_CHROMIUM_BIN", str(own))
    assert find_chromium() == own
    monkeypatch.setenv("ASSAY_CHROMIUM_BIN", "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None
