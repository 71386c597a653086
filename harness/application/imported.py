"""Imports what a project names, and says of a mistake in its files where it is.

Whatever goes wrong while a project's module is read (a typing error, a missing name, two families with one queue) is
the project's to mend and no defect of the engine; a traceback through the engine would hide that.
"""

from __future__ import annotations

import importlib
import sysconfig
import traceback
from pathlib import Path
from types import ModuleType

from harness.errors import AssayError, UsageError

_ROOT = Path(__file__).parents[2]
_OURS = (str(_ROOT / "harness"), str(_ROOT / "chaos"))
_NOT_THEIRS = ("<", *_OURS, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))


def import_named(module: str, named_by: str) -> ModuleType:
    """Import a module that the project names.

    :param named_by: what names it, for the error, such as ``[tool.assay] app = 'shop.app'``.
    :raises UsageError: it cannot be imported; the message says what is wrong, and in which line of which file.
    """
    try:
        return importlib.import_module(module)
    except AssayError:
        raise
    except (Exception, SystemExit) as error:
        raise UsageError(f"{named_by}: cannot import {module!r}: {_told(error)}") from error


def _told(error: BaseException) -> str:
    """What is wrong, and where."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {type(error).__name__}: {error.msg}"
    where = next((f"{frame.filename}:{frame.lineno}: " for frame in _theirs(error)), "")
    if isinstance(error, ImportError):
        return f"{where}{error}{_extra(error)}"
    return f"{where}{type(error).__name__}: {error}"


def _theirs(error: BaseException) -> list[traceback.FrameSummary]:
    """The lines of their own files that the error went through, the innermost first."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return [each for each in frames if not each.filename.startswith(_NOT_THEIRS)]


def _extra(error: ImportError) -> str:
    """What to install, where a part of ours is asked for that the base installation lacks."""
    load = str(_ROOT / "harness" / "load")
    asked = any(frame.filename.startswith(load) for frame in traceback.extract_tb(error.__traceback__))
    return "; it needs the extra `load`: pip install 'temporal-assay[load]'" if asked else ""
