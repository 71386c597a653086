"""A mistake in a project's file is told with its file and line, and is no defect of the engine."""

from __future__ import annotations

import errno
import os
import sys
import sysconfig
from pathlib import Path

import pytest

from harness.application import imported
from harness.application.imported import import_named, passed_through_theirs, theirs
from harness.errors import EnvironmentMissing, UsageError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("imported_shop", "imported_helper"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def told(project: Path, text: str | bytes) -> str:
    file = project / "imported_shop.py"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as refused:
        import_named("imported_shop", "[tool.assay] app = 'imported_shop'")
    beginning = "[tool.assay] app = 'imported_shop': cannot import 'imported_shop': "
    assert str(refused.value).startswith(beginning)
    return str(refused.value).removeprefix(beginning).replace(str(file), "FILE")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nCOUNT = = 3\n", "FILE:2: SyntaxError: invalid syntax"),
        ("\nCOUNT = number\n", "FILE:2: NameError: name 'number' is not defined"),
        ("\nimport nowhere\n", "FILE:2: No module named 'nowhere'"),
        ("import dataclasses\n\ndataclasses.replace(1)\n", "FILE:3: TypeError: replace() should be called on"),
        ("import sys\nsys.exit('not here')\n", "FILE:2: SystemExit: not here"),
        ("\nraise GeneratorExit('gone')\n", "FILE:2: GeneratorExit: gone"),
        ("\nexec('COUNT = = 3')\n", "FILE:2: SyntaxError: invalid syntax (<string>, line 1)"),
        ("\nraise ValueError('half \\udc80 of one')\n", r"FILE:2: ValueError: half \udc80 of one"),
        ("\nraise ImportError('half \\udc80 of one')\n", r"FILE:2: half \udc80 of one"),
        ("\nraise SyntaxError('half \\udc80', ('x.py', 3, 1, ''))\n", r"x.py:3: SyntaxError: half \udc80"),
        ("class E(OSError):\n def __str__(self): 1 // 0\nraise E\n", "FILE:3: E: (what it says cannot be read"),
        ("class E(ModuleNotFoundError):\n def __str__(self): 1 // 0\nraise E(name='nowhere')\n", "FILE:3: (what it"),
        ("import decimal\nCOUNT = 1 // 0\n", "FILE:2: ZeroDivisionError: integer division or modulo by zero"),
    ],
)
def test_the_line_is_the_projects_own(project: Path, text: str, message: str) -> None:
    assert told(project, text).startswith(message)


def test_a_mistake_in_a_file_that_is_imported_is_told_with_that_file(project: Path) -> None:
    (project / "imported_helper.py").write_text("raise ValueError('two shops')\n")
    assert told(project, "import imported_helper\n").endswith("imported_helper.py:1: ValueError: two shops")


def test_a_file_that_is_not_utf_8_is_told_so(project: Path) -> None:
    assert "SyntaxError" in told(project, b"NAME = 'caf\xe9'\n")


def test_a_file_with_a_nul_byte_is_told_so(project: Path) -> None:
    assert "null bytes" in told(project, b"COUNT = 1\x00\n")
    assert "None" not in told(project, b"COUNT = 1\x00\n")


def test_an_interruption_is_nobodys_mistake(project: Path) -> None:
    (project / "imported_shop.py").write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        import_named("imported_shop", "the claim 'x'")


def test_a_mistake_in_how_a_function_is_called_is_told_with_its_line() -> None:
    function = eval(compile("\nlambda: 1", "shop.py", "eval"))
    told = r"^its workload: shop.py:2: TypeError: <lambda>\(\) takes 0 positional"
    with pytest.raises(UsageError, match=told), theirs("its workload", function):
        function(1)


def test_what_assay_itself_refuses_there_is_passed_on(project: Path) -> None:
    (project / "imported_shop.py").write_text(
        "from harness.errors import EnvironmentMissing, UsageError\nraise UsageError('no such fault')\n"
    )
    with pytest.raises(UsageError, match=r"^no such fault$"):
        import_named("imported_shop", "the claim 'x'")


def test_a_part_of_ours_that_is_not_installed_is_told_with_its_extra(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hdrh.histogram", None)
    import harness

    for name in [name for name in sys.modules if name.startswith("harness.load")]:
        monkeypatch.delitem(sys.modules, name)
    # The package remembers its rooms as well: what is imported here must not stay in the place of what was there.
    monkeypatch.setattr(harness, "load", None, raising=False)
    with pytest.raises(UsageError, match=r"hdrh.*; it needs the extra `load`: pip install 'temporal-assay\[load\]'$"):
        import_named("harness.load.commands", "[tool.assay] load = 'harness.load.commands'")


def test_the_script_that_the_command_is_installed_as_is_not_the_projects() -> None:
    script = str(Path(sysconfig.get_path("scripts")) / "assay")
    with pytest.raises(UsageError, match=r"^the claim 'orders': LookupError: no sample$"), theirs("the claim 'orders'"):
        exec(compile("raise LookupError('no sample')", script, "exec"))


def raised_in(file: str, error: Exception) -> Exception:
    """The error, as a line of the file raises it."""
    try:
        exec(compile("raise error", file, "exec"), {"error": error})
    except Exception as raised:
        return raised
    raise AssertionError("nothing was raised")


def test_of_a_bundle_the_one_is_told_that_a_line_of_theirs_raised() -> None:
    ours, of_theirs = OSError("the link is gone"), raised_in("shop.py", ValueError("no such order"))
    told = r"^the claim 'orders': shop.py:1: ValueError: no such order$"
    for bundle in ([ours, of_theirs], [ExceptionGroup("inner", [ours]), of_theirs]):
        with (
            pytest.raises(UsageError, match=told),
            theirs("the claim 'orders'", only_if=passed_through_theirs),
        ):
            raise ExceptionGroup("both", bundle)


def test_an_interruption_beside_a_mistake_is_an_interruption() -> None:
    bundle = [raised_in("shop.py", ValueError("no such order")), KeyboardInterrupt()]
    with pytest.raises(BaseExceptionGroup), theirs("the claim 'orders'"):
        raise BaseExceptionGroup("both", bundle)


def test_a_folder_that_is_called_nearly_as_ours_is_theirs() -> None:
    beside = str(Path(imported.__file__).parents[1]) + "-shop/orders.py"
    assert passed_through_theirs(raised_in(beside, ValueError("no such order")))
    assert not passed_through_theirs(raised_in(imported.__file__, ValueError("no such order")))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_a_machine_that_has_none_left_is_nobodys_mistake(code: int) -> None:
    told = rf"^the claim 'orders': OSError: \[Errno {code}\] {os.strerror(code)}$"
    with pytest.raises(EnvironmentMissing, match=told), theirs("the claim 'orders'"):
        raise OSError(code, os.strerror(code))


def test_what_a_file_lacks_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="FileNotFoundError"), theirs("the claim 'orders'"):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "sample.csv")
