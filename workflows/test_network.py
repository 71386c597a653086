"""There is one way out of the application, which whoever starts it may exchange."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent

OPENS = {"httpx.AsyncClient", "httpx.Client", "AsyncClient", "SmtpMail", "aiosmtplib.SMTP", "requests.Session"}
"""What opens a way of its own, by the names it is called by."""


def test_only_what_a_process_shares_opens_clients() -> None:
    opened = []
    for file in ROOT.rglob("*.py"):
        if file.name.startswith(("test_", "testing_", "conftest")):
            continue
        calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
        opened += [str(file.relative_to(ROOT)) for call in calls if ast.unparse(call.func) in OPENS]
    assert set(opened) == {"kit/family.py"}
