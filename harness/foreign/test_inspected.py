"""`assay doctor --project` names all that is wrong with a project at once, and starts nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from harness.foreign.testing_shop import APP, ORDER, Shop

OTHER = """\
--- a/shop_app.py
+++ b/shop_app.py
@@ -1,1 +1,1 @@
-import nothing_of_it
+import asyncio
"""
HEAD = "Late.\n\nPromise: it is packed\nCaught-by: liveness\nClaim: parcels\n\n"


def inspected(folder: Path) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "harness.cli", "doctor", "--project"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=60
    )
    assert not (folder / "runs").exists()
    assert "Traceback" not in done.stderr
    return done.returncode, [line.split(maxsplit=1)[1] for line in done.stdout.splitlines() if line.startswith("  ")]


def test_a_project_that_can_be_tried_is_told_what_it_is(tmp_path: Path) -> None:
    code, lines = inspected(Shop().write(tmp_path))

    assert code == 0
    assert lines == [
        "application shop_app: the queue 'orders' serves 1 workflow and 1 activity",
        "claims in claims: 1 claim",
        "claim orders: 12 operations, 1 fault, 4 checks (seed 1)",
        "broken versions: 0 patches apply",
    ]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    shop = Shop(
        ORDER + APP.replace('("pack",)', '("pakc",)'),
        fault='PlannedFault("kill", "worker-kil", {}, after_seconds=1.0)',
        files={"claims/test_late.py": "import nowhere\nCLAIM = 1\n", "mutants/m.patch": HEAD + OTHER},
    )
    code, lines = inspected(shop.write(tmp_path))

    assert code == 2
    for line, told in zip(
        lines,
        (
            "application shop_app: shop_app: the queue 'orders' serves the activity 'pakc', which app.activities does",
            "claims in claims: 2 claims",
            "claim late: the claim 'late': cannot import 'claims.test_late': ",
            "claim orders: the claim 'orders': its nemesis: ",
            "broken versions: ",
        ),
        strict=True,
    ):
        assert line.startswith(told)
    assert "test_late.py:1: No module named 'nowhere'" in lines[2]
    assert "no fault is called 'worker-kil'; there are " in lines[3]
    assert "m.patch: no claim is called 'parcels'; " in lines[4]
    assert "m.patch no longer applies: " in lines[4]


def test_a_project_without_claims_is_told_how_to_write_one(tmp_path: Path) -> None:
    folder = replace(Shop(), files={"claims/test_orders.py": ""}).write(tmp_path)

    code, lines = inspected(folder)
    assert code == 2
    assert "there is none: a claim is `CLAIM` in a file called test_NAME.py; see docs/your-workflow.md" in lines[1]
