"""The lint: each rule finds its example, and neither what is right nor what somebody has reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.replay.lint.lint import RULES, Suspect, lint
from harness.replay.lint.rules import Rule

WORKFLOW = """\
import asyncio, os, random, threading, uuid
from datetime import datetime
from temporalio import workflow

SEEN: list[str] = []

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> None:
        {body}
"""


def found(folder: Path, body: str, **more: str) -> list[Suspect]:
    shop = folder / "shop"
    shop.mkdir()
    (shop / "app.py").write_text(WORKFLOW.format(body=body))
    for name, text in more.items():
        (shop / f"{name}.py").write_text(text)
    return lint(folder, "shop.app")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_finds_its_example_in_its_line(tmp_path: Path, rule: Rule) -> None:
    assert [(each.rule, each.line) for each in found(tmp_path, rule.example)] == [(rule.name, 11)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_reviewed_with_a_reason_is_let_pass(tmp_path: Path, rule: Rule) -> None:
    assert not found(tmp_path, f"{rule.example}  # assay: reviewed because it is only logged")


def test_a_review_may_stand_above_its_line_and_has_to_say_why(tmp_path: Path) -> None:
    above = "# assay: reviewed because it is only logged\n        uuid.uuid4()"
    assert not found(tmp_path, above)
    (tmp_path / "shop" / "app.py").write_text(WORKFLOW.format(body="uuid.uuid4()  # assay: reviewed because"))
    assert lint(tmp_path, "shop.app")


@pytest.mark.parametrize(
    "body",
    [
        "workflow.now()",
        "workflow.random().random()",
        "random.Random(1).random()",
        "await workflow.execute_activity('pack', order)",
        "handle = workflow.start_activity('pack', order)",
        "for name in sorted({'a', 'b'}): ...",
        "found = {each for each in {'a', 'b'}}",
        "names = {'a'}; names = sorted(names); list(names)",
        "SEEN = []; SEEN.append(order)",
        "'a' in {'a', 'b'}",
        "requests = []; requests.append(order)",
        "random = workflow.random(); random.randint(1, 6)",
        "platform = order; platform.lower()",
        "key = lambda secrets: secrets.get('a')",
        "names = {'a'}; sorted(list(names)); sorted([each for each in names]); more = {*names, 'b'}",
    ],
)
def test_what_is_right_is_not_told(tmp_path: Path, body: str) -> None:
    assert not found(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "list({'a'}.union({'b'}))",
        "','.join({'a'})",
        "tuple(each for each in {'a'})",
        "await asyncio.gather(*{workflow.sleep(1)})",
        "...\n    def pack(self, names: set[str]) -> None:\n        for name in names: ...",
    ],
)
def test_a_set_gives_its_order_away_in_many_ways(tmp_path: Path, body: str) -> None:
    assert [each.rule for each in found(tmp_path, body)] == ["set-order"]


ACTIVITY = "import time\nfrom temporalio import activity\n@activity.defn\ndef pack() -> None:\n    time.time()\n"


def test_of_a_module_that_has_activities_too_the_workflows_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(ACTIVITY + WORKFLOW.format(body="uuid.uuid4()"))
    assert [each.rule for each in lint(tmp_path, "shop")] == ["uuid"]


def test_what_starts_a_script_is_no_workflow_code(tmp_path: Path) -> None:
    script = "\ndef main():\n    uuid.uuid4()\n\nif __name__ == '__main__':\n    main()\n"
    (tmp_path / "shop.py").write_text(WORKFLOW.format(body="...") + script)
    assert not lint(tmp_path, "shop")


def test_workflows_may_lie_beside_the_package_of_the_application(tmp_path: Path) -> None:
    (tmp_path / "adapter.py").write_text("from shop.app import Order\n")
    assert [each.rule for each in found(tmp_path, "uuid.uuid4()")] == ["uuid"]
    assert [each.rule for each in lint(tmp_path, "adapter")] == ["uuid"]


def test_names_are_followed_through_imports(tmp_path: Path) -> None:
    body = "import datetime as dt\n        from time import time as now\n        dt.datetime.utcnow(); now()"
    assert [each.rule for each in found(tmp_path, body)] == ["clock", "clock"]


def test_a_helper_of_workflows_is_looked_at_and_activities_are_not(tmp_path: Path) -> None:
    helper = "import time\n\ndef late() -> bool:\n    return time.time() > 5\n"
    activities = (
        "import time\nfrom temporalio import activity\n\n@activity.defn\ndef pack() -> None:\n    time.time()\n"
    )
    imports = "from shop.helper import late\n        from shop import packing"
    suspects = found(tmp_path, imports, helper=helper, packing=activities, unused=helper)
    assert [(each.file.name, each.line, each.rule) for each in suspects] == [("helper.py", 4, "clock")]


def test_code_that_is_no_python_is_left_to_whoever_imports_it(tmp_path: Path) -> None:
    assert not found(tmp_path, "(")
