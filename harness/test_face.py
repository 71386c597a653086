"""The public face has what it promises, rests on the engine and the faults alone, and brings no locust along."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import assay
import pytest

ROOT = Path(__file__).parent.parent


def test_it_imports_the_engine_and_the_faults_alone() -> None:
    """import-linter takes no single file for a root."""
    tree = ast.parse((ROOT / "assay.py").read_text())
    imports = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imports += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imports += assay.LOAD.values()
    assert {name.split(".")[0] for name in imports} - sys.stdlib_module_names == {"harness", "chaos"}


def test_nobody_in_the_house_imports_it() -> None:
    """It is for others: a second way to everything would be a cycle."""
    tests = {*(ROOT / "harness").rglob("test_*.py"), *(ROOT / "harness").rglob("testing_*.py")}
    engine = [*(ROOT / "harness").rglob("*.py"), *(ROOT / "chaos").rglob("*.py")]
    of_the_house = [file for file in engine if file not in tests]
    assert len(of_the_house) > 100
    # An import inside of a function, too.
    importing = re.compile(r"^\s*(from assay import|import assay)\b", re.MULTILINE)
    assert not [file for file in of_the_house if importing.search(file.read_text())]


def test_what_takes_long_to_import_comes_only_when_it_is_asked_for() -> None:
    late = "{'locust', 'gevent', 'hdrh', 'pytest', 'psycopg', 'requests', 'toxiproxy'}"
    look = f"import sys, assay; assert not {late} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", look], check=True, timeout=60)


def test_all_that_it_promises_is_there() -> None:
    # In a process of its own: locust changes the one that imports it.
    names = "from assay import *; print(TemporalUser.__module__, listen.__module__)"
    command = [sys.executable, "-W", "ignore", "-c", names]
    told = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
    assert told.split() == [assay.LOAD["TemporalUser"], assay.LOAD["listen"]]
    assert assay.LOAD.keys() <= set(assay.__all__)


def test_without_locust_it_says_what_to_install() -> None:
    look = "import sys; sys.modules['gevent'] = None; from assay import TemporalUser"
    ended = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60)
    assert "ImportError: TemporalUser needs the extra `load`: pip install 'temporal-assay[load]'" in ended.stderr


def test_without_toxiproxy_python_it_says_what_to_install() -> None:
    look = "import sys; sys.modules['toxiproxy'] = None; import assay; assay.strict_toxiproxy('127.0.0.1:8474')"
    ended = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60)
    assert "needs the extra `toxiproxy`: pip install 'temporal-assay[toxiproxy]'" in ended.stderr


def test_another_name_is_an_attribute_that_there_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'TemporalLoser'"):
        _ = assay.TemporalLoser


def test_no_folder_has_its_name() -> None:
    """The launcher has: a package beside it would be imported instead of the face, or be in the launcher's way."""
    assert (ROOT / "assay").is_file()
