"""One run for each shape of workflow of which a verdict was wrong once, by its exit code and by what checks say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.foreign.testing_shapes import DECLINED, DRAIN, GRACE, ONCE, PAY, SHAPES, WRONGLY_CALLED
from harness.foreign.testing_shop import APP, Shop, run

pytestmark = pytest.mark.long
VALID, INVALID, UNKNOWN = 0, 1, 4

BROKEN = """\
Never packed.

Promise: every order is packed
Caught-by: liveness
Claim: orders

--- a/shop_app.py
+++ b/shop_app.py
@@ -18,5 +18,5 @@
 
 @activity.defn
 async def pack(order: str) -> str:
-    await asyncio.sleep(0.3)
+    raise ApplicationError("no box", non_retryable=True)
     return f"packed {order}"
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_an_innocent_shop_is_valid(shape: str, tmp_path: Path) -> None:
    ran = run(SHAPES[shape].write(tmp_path))

    assert ran.code == VALID, ran.output
    assert set(ran.checks.values()) == {"VALID"}


def test_a_worker_that_is_given_time_drains_without_harm(tmp_path: Path) -> None:
    ran = run(Shop(ONCE + PAY + GRACE, fault=DRAIN, every=0.5).write(tmp_path))

    assert ran.code == VALID, ran.output


@pytest.mark.parametrize(
    ("shop", "check", "told"),
    [
        pytest.param(Shop(DECLINED + APP), "liveness", "ended as FAILED: the bank said no (right: COMPLETED)"),
        pytest.param(Shop(ONCE + PAY, fault=DRAIN, every=0.5), "liveness", "ended as FAILED: Activity task failed"),
        pytest.param(
            Shop(WRONGLY_CALLED + PAY, count=2, settle_seconds=5.0),
            "liveness",
            "the last time with TypeError: pay() missing 1 required positional argument: 'amount'",
        ),
    ],
    ids=["a failure that the claim does not permit", "a drain without grace", "an activity that fails each time"],
)
def test_a_guilty_shop_is_invalid_and_told_why(shop: Shop, check: str, told: str, tmp_path: Path) -> None:
    ran = run(shop.write(tmp_path))

    assert ran.code == INVALID, ran.output
    assert ran.checks[check] == "INVALID"
    assert told in ran.findings


def test_a_broken_version_of_an_application_in_one_module_is_caught(tmp_path: Path) -> None:
    ran = run(replace(Shop(), files={"mutants/m.patch": BROKEN}).write(tmp_path), "--mutant", "m")

    assert ran.code == INVALID, ran.output
    assert "ended as FAILED" in ran.findings


@pytest.mark.parametrize(
    ("shop", "check"), [(Shop(fault=""), "vacuity"), (Shop(checks=""), "checks")], ids=["no faults", "no checks"]
)
def test_what_breaks_or_checks_nothing_is_unknown(shop: Shop, check: str, tmp_path: Path) -> None:
    ran = run(shop.write(tmp_path))

    assert ran.code == UNKNOWN, ran.output
    assert ran.checks[check] == "UNKNOWN"
