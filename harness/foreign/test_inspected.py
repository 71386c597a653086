"""`assay doctor --project` names all that is wrong with a project at once, and starts nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness import inspection
from harness.foreign.testing_mistakes import DOCTOR, said_by
from harness.foreign.testing_shop import APP, ORDER, Shop

Inspect = Callable[[Path], tuple[int, list[str]]]

OTHER = """\
--- a/shop_app.py
+++ b/shop_app.py
@@ -1,1 +1,1 @@
-import nothing_of_it
+import asyncio
"""
HEAD = "Late.\n\nPromise: it is packed\nCaught-by: liveness\nClaim: parcels\n\n"


@pytest.fixture
def inspected(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inspect:
    """What `assay doctor --project` ends with in a folder, and its lines."""

    def inspect(folder: Path) -> tuple[int, list[str]]:
        code = said_by(DOCTOR, folder, monkeypatch)
        out, err = capsys.readouterr()
        assert not (folder / "runs").exists()
        assert "Traceback" not in err
        return code, [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("  ")]

    return inspect


def test_a_project_that_can_be_tried_is_told_what_it_is(tmp_path: Path, inspected: Inspect) -> None:
    code, lines = inspected(Shop().write(tmp_path))

    assert code == 0
    assert lines == [
        "application shop_app: the queue 'orders' serves 1 workflow and 1 activity",
        "claims in claims: 1 claim",
        "claim orders: 12 operations, 1 fault, 4 checks (seed 1)",
        "broken versions: 0 patches apply",
    ]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, inspected: Inspect) -> None:
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


def test_a_project_without_claims_is_told_how_to_write_one(tmp_path: Path, inspected: Inspect) -> None:
    folder = replace(Shop(), files={"claims/test_orders.py": ""}).write(tmp_path)

    code, lines = inspected(folder)
    assert code == 2
    assert "there is none: a claim is `CLAIM` in a file called test_NAME.py; see docs/your-workflow.md" in lines[1]


PARTS = {
    "world": "class world:\n    services = ['control']\n    command = ready_url = control_url = environment = None\n",
    "load": "commands = {}\n",
    "benches": "commands = {}\n",
    "faults": "",
    "generator": "class generator:\n    formats = ['csv', 'ubl']\n    files = None\n",
    "simulated": "class simulated:\n    families = faults = ()\n",
}


def with_parts(shop: Shop, modules: dict[str, str]) -> Shop:
    """The shop, and in its table a module for each of these keys."""
    named = "".join(f'{key} = "shop_{key}"\n' for key in modules)
    table = f'[tool.assay]\napp = "shop_app"\nscenarios = "claims"\nmutants = "mutants"\n{named}'
    files = {f"shop_{key}.py": text for key, text in modules.items()}
    return replace(shop, files={**shop.files, **files, "pyproject.toml": table})


@pytest.mark.parametrize("left_out", [None, *PARTS])
def test_each_part_that_is_named_has_a_line_and_no_other(
    left_out: str | None, tmp_path: Path, inspected: Inspect
) -> None:
    named = {key: text for key, text in PARTS.items() if key != left_out}
    code, lines = inspected(with_parts(Shop(), named).write(tmp_path))
    assert code == 0
    parts = [line.split(":")[0] for line in lines[1:-3]]
    assert parts == [f"{key} shop_{key}" for key in PARTS if key != left_out]
    assert ("world shop_world: serves control" in lines) == (left_out != "world")


def test_each_part_that_is_named_can_be_wrong(tmp_path: Path, inspected: Inspect) -> None:
    code, lines = inspected(with_parts(Shop(), dict.fromkeys(PARTS, "1 // 0\n")).write(tmp_path))
    assert code == 2
    for key, line in zip(PARTS, lines[1:-3], strict=True):
        assert line.startswith(f"{key} shop_{key}: [tool.assay] {key} = 'shop_{key}': cannot import ")
        assert line.endswith(f"shop_{key}.py:1: ZeroDivisionError: integer division or modulo by zero")


def test_of_many_wrong_files_all_are_told_and_the_others_are_looked_at(tmp_path: Path, inspected: Inspect) -> None:
    files = {
        "claims/full/test_orders.py": "CLAIM = 1\n",
        "claims/test_late.py": "CLAIM = nowhere\n",
        "mutants/a.patch": "no header\n",
        "mutants/b.patch": HEAD.replace("parcels", "orders") + OTHER,
        "mutants/c.patch": HEAD + "half a patch\n",
    }
    folder = replace(Shop(), files=files).write(tmp_path)
    (folder / "claims" / "test_gone.py").symlink_to("nowhere")
    code, lines = inspected(folder)

    assert code == 2
    assert "test_gone.py: cannot be read: No such file or directory; " in lines[1]
    assert lines[1].endswith("claims.test_orders and claims.full.test_orders are both the claim 'orders'; rename one")
    assert "NameError: name 'nowhere'" in lines[2]
    assert lines[3] == "claim orders: 12 operations, 1 fault, 4 checks (seed 1)"
    for told in (
        "a.patch: the header lacks ",
        "b.patch no longer applies: ",
        "c.patch: no claim is called 'parcels'; ",
    ):
        assert told in lines[4]
    assert "'orders'" not in lines[4]


def test_where_claims_cannot_be_found_no_patch_is_told_that_there_is_none(tmp_path: Path, inspected: Inspect) -> None:
    files = {"claims/__init__.py": "1 // 0\n", "mutants/a.patch": HEAD + OTHER.replace("nothing_of_it", "asyncio")}
    code, lines = inspected(replace(Shop(), files=files).write(tmp_path))
    assert code == 2
    assert "ZeroDivisionError" in lines[1]
    assert "no claim is called" not in lines[2]


@pytest.mark.parametrize("method", ["operations", "canaries"])
def test_work_that_is_known_once_it_is_prepared_is_not_wrong(method: str, tmp_path: Path, inspected: Inspect) -> None:
    folder = Shop().write(tmp_path)
    file = folder / "claims" / "test_orders.py"
    file.write_text(file.read_text().replace(f"def {method}(self):\n", f"def {method}(self):\n        self.rows\n"))
    code, lines = inspected(folder)
    assert code == 0
    assert lines[2].startswith(
        "claim orders: 1 fault, 4 checks (seed 1); how much it does is known once it is prepared"
    )
    assert lines[2].endswith("AttributeError: 'Orders' object has no attribute 'rows'")


def test_what_the_machine_lacks_is_not_the_projects(
    tmp_path: Path, inspected: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = replace(Shop(), files={"mutants/a.patch": HEAD.replace("parcels", "orders") + OTHER}).write(tmp_path)
    code, lines = inspected(folder)
    assert code == 3
    assert lines[-1].startswith("broken versions: git is needed to apply a.patch: ")


def test_what_assay_does_not_understand_is_its_own_and_hides_nothing_else(
    tmp_path: Path, inspected: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> None:
        raise LookupError(f"no {name}")

    monkeypatch.setattr(inspection, "load_application", broken)
    code, lines = inspected(replace(Shop(), files={"claims/test_late.py": "CLAIM = 1\n"}).write(tmp_path))
    assert code == 5
    assert lines[0].startswith("application shop_app: cannot be looked at: ")
    assert lines[0].endswith("LookupError: no shop_app; none of your lines took part in it")
    assert [line.split(":")[0] for line in lines[1:]] == [
        "claims in claims",
        "claim late",
        "claim orders",
        "broken versions",
    ]


def test_what_a_module_says_and_begins_changes_neither_the_answer_nor_its_end(tmp_path: Path) -> None:
    words = (
        "import threading\nprint('x' * 100_000)\nthreading.Thread(target=threading.Event().wait, name='pump').start()\n"
    )
    folder = Shop(words + ORDER + APP).write(tmp_path)
    script = "from harness.cli import main; main.ENDING_SECONDS = 0.2; main.main()"
    command = [sys.executable, "-c", script, *DOCTOR.split()]
    ended = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=100)
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) == 6
    assert "assay: ended all the same: pump did not within 0.2 s; begin it as a daemon" in ended.stderr
