"""A headless Chromium that looks at a report page: for its picture, and for the test that reads it as a reader would.

Playwright is a development tool and Chromium is the distribution's; no claim needs them, so they are looked for only
here. Nothing is downloaded: the page is opened from its file, and every request but that one is refused.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import EnvironmentMissing

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
QUIET = ("--disable-background-networking", "--disable-component-update", "--hide-scrollbars")


@dataclass
class Opened:
    """A page that is open. ``requests`` are the addresses it asked for beside its own file, ``messages`` what the
    browser's console said."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


def find_chromium() -> Path | None:
    """Where Chromium is: ``ASSAY_CHROMIUM_BIN``, or on the PATH; ``None`` when it is nowhere."""
    names = (os.environ.get("ASSAY_CHROMIUM_BIN"), *CHROMIUM_NAMES)
    return next((Path(found) for name in names if name and (found := shutil.which(name))), None)


@contextlib.contextmanager
def opened(file: Path, *, width: int = 1200, height: int = 900, dark: bool = False) -> Iterator[Opened]:
    """Open the page of a report in a window of this size (CSS pixels).

    :raises EnvironmentMissing: Chromium or the Python package ``playwright`` is not there.
    """
    chromium = find_chromium()
    if chromium is None:
        raise EnvironmentMissing("no Chromium was found; `apt install chromium`, or set ASSAY_CHROMIUM_BIN to its path")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise EnvironmentMissing(
            "the Python package playwright is not installed; `make setup` brings it, "
            "or `pip install 'temporal-assay[browser]'`"
        ) from error
    own = file.resolve().as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *QUIET])
        try:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            seen = Opened(page)

            def guard(route: Route) -> None:
                if route.request.url == own:
                    route.continue_()
                else:
                    seen.requests.append(route.request.url)
                    route.abort()

            page.route("**/*", guard)
            page.on("console", lambda message: seen.messages.append(message.text))
            page.on("pageerror", lambda error: seen.messages.append(str(error)))
            page.goto(own)
            yield seen
        finally:
            browser.close()


def screenshot(file: Path, picture: Path, *, width: int = 1200, dark: bool = False, whole: bool = True) -> None:
    """Write a PNG of the page: all of it, or only what the first screen shows.

    :raises EnvironmentMissing: Chromium or the Python package ``playwright`` is not there.
    """
    picture.parent.mkdir(parents=True, exist_ok=True)
    with opened(file, width=width, dark=dark) as seen:
        seen.page.screenshot(path=picture, full_page=whole)
