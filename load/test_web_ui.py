"""A load test by hand, in locust's web UI in a real browser: options are seen and taken, verdict and report shown."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from harness.load.client.options import OPTIONS
from harness.load.testing_runs import ended, locust, stub_up, wait_until_it_listens
from harness.report.testing_browser import MARKS
from harness.stack.processes.ports import free_ports
from harness.stack.programs.browser import FLAGS, QUIET, find_chromium
from load.company_options import COMPANY_OPTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Page

TIMEOUT_MS = 60_000

pytestmark = [pytest.mark.long, *MARKS]


@contextmanager
def browser_at(address: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*FLAGS, *QUIET])
        try:
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.set_default_timeout(TIMEOUT_MS)
            page.goto(address)
            yield page
        finally:
            browser.close()


def addresses_of(process: subprocess.Popen[str]) -> set[str]:
    """Where the process listens."""
    connections = psutil.Process(process.pid).net_connections(kind="tcp")
    return {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}


def in_the_page(name: str) -> str:
    first, *rest = name.split("-")
    return "".join([first, *(word.title() for word in rest)])


def begin(page: Page, **fields: str) -> None:
    """Fill in the form and start."""
    for name, value in fields.items():
        page.locator(f"[name='{name}']").fill(value)
    page.get_by_role("button", name="Start").click()


def test_a_test_by_hand_ends_with_its_verdict_and_report(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    web = ("--web-port", str(port), "--settle-seconds", "3")
    with ExitStack() as up:
        stub = up.enter_context(stub_up())
        options = (*stub.addresses, *web)
        started = locust(tmp_path, "load/invoices.py", *options, headless=False, variables=stub.variables)
        process = up.enter_context(started)
        wait_until_it_listens(port, process)
        assert addresses_of(process) == {"127.0.0.1"}
        with browser_at(address) as page:
            page.get_by_text("Custom parameters").click()
            for name in (*OPTIONS, *(option.name for option in COMPANY_OPTIONS)):
                assert page.locator(f"[name='{in_the_page(name)}']").is_visible(), name
            begin(page, mix="payed=1")
            page.get_by_role("tab", name="Verdict").click()
            page.get_by_text("'payed' is unknown").wait_for()

            page.get_by_role("button", name="New").click()
            page.get_by_text("Custom parameters").click()
            begin(page, userCount="3", mix="cancels=1", thinkSeconds="0.2", seed="7")
            stub.wait_until_started(10)
            page.get_by_role("button", name="Stop").click()
            page.get_by_role("tab", name="Verdict").click()
            page.get_by_text("VALID", exact=True).wait_for()
            page.get_by_text("count>=1").wait_for()
            page.get_by_role("tab", name="Download Data").click()
            page.get_by_role("link", name="Open the report of the load test").click()
            page.get_by_role("heading", level=1).wait_for()
            page.get_by_text("VALID", exact=True).first.wait_for()
            page.get_by_role("cell", name="completion InvoiceProcessing").first.wait_for()
        process.send_signal(signal.SIGINT)
        done = ended(process, tmp_path)
    assert done.code == 0, done.output
    # The table, which begins with the rows, is printed where the web UI was started.
    assert re.search(r"^completion InvoiceProcessing +\d+ +0 +0 ", done.output, re.MULTILINE), done.output
    assert "VALID  All 2 thresholds were met" in done.output
    assert done.written is not None
    assert (done.written["seed"], done.written["verdict"]) == (7, "VALID")
    assert done.written["parameters"]["mix"] == "cancels=1"
    assert set(done.written["server"]) == {"Completed"}
