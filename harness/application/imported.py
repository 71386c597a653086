"""Imports what a project names, calls what it offers, and says of a mistake in its files where it is.

Whatever goes wrong while a project's module is read or one of its functions is asked (a typing error, a missing name,
two families with one queue) is the project's to mend and no defect of the engine; a traceback through the engine would
hide that.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import inspect
import os
import sysconfig
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from harness.errors import AssayError, EnvironmentMissing, UsageError
from harness.words import printable, text_of, words_of

_ROOT = Path(__file__).parents[2]
_OURS = (_ROOT / "harness", _ROOT / "chaos")
_NOT_THEIRS = (
    "<",
    *(f"{each}{os.sep}" for each in _OURS),
    *(f"{sysconfig.get_path(name)}{os.sep}" for name in ("stdlib", "purelib", "platlib", "scripts")),
)

SPENT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What a machine says that has no disk, files or memory left: nobody's mistake."""


def import_named(module: str, named_by: str) -> ModuleType:
    """Import a module that the project names.

    :param named_by: what names it, for the error, such as ``[tool.assay] app = 'shop.app'``.
    :raises UsageError: it cannot be imported; the message says what is wrong, and in which line of which file.
    """
    with theirs(f"{named_by}: cannot import {module!r}"):
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise
            told = "name one that lies in the project or in its src, or that is installed"
            raise ImportError(f"{text_of(error)}; {told}", name=error.name) from error


@contextlib.contextmanager
def theirs(
    what: str, where: object = None, only_if: Callable[[BaseException], bool] = lambda error: True
) -> Iterator[None]:
    """Code of the project's own runs within: whatever it raises is told as its mistake, but an interruption.

    What it raises in a task group's bundle is told as if it came alone, whatever else is in it.

    :param what: what is asked, for the error, such as ``the claim 'orders': its workload``.
    :param where: the function or the class that is asked, whose line is told where the mistake is in how it is called.
    :param only_if: whether an error is their mistake, where code of ours may raise within, too.
    :raises UsageError: it raised; the message says what, and in which line of which file.
    :raises EnvironmentMissing: so does this one, where the machine had none left of what was asked for.
    """
    try:
        yield
    except BaseException as error:
        first = _first_of(error)
        interrupted = any(isinstance(each, KeyboardInterrupt) or _is_interruption(each) for each in all_of(error))
        if interrupted or isinstance(first, AssayError) or not only_if(error):
            raise
        kind = EnvironmentMissing if isinstance(first, OSError) and first.errno in SPENT else UsageError
        raise kind(f"{what}: {where_and_what(error, where)}") from error


def passed_through_theirs(error: BaseException) -> bool:
    """Whether a line of the project's files took part in raising an error, or one of a bundle."""
    return bool(_line_of_error(_first_of(error)) or _line_of_error(error))


def where_and_what(error: BaseException, called: object = None) -> str:
    """What is wrong, and in which line of the project's files.

    :param called: the function whose line is told where the error went through none of theirs.
    """
    bundle, error = error, _first_of(error)
    if isinstance(error, SyntaxError) and not str(error.filename or "<").startswith("<"):
        return printable(f"{error.filename}:{error.lineno}: {type(error).__name__}: {error.msg}")
    where = _line_of_error(error) or _line_of_error(bundle) or _beginning_of(called)
    if isinstance(error, ImportError):
        return f"{where}{text_of(error)}{_extra(error)}"
    return f"{where}{words_of(error)}"


def place_of(thing: object) -> str:
    """Where a class or a function of theirs begins, as "FILE:LINE: "; empty where nobody can tell."""
    try:
        return f"{inspect.getsourcefile(thing)}:{inspect.getsourcelines(thing)[1]}: "  # type: ignore[arg-type]
    except (TypeError, OSError):
        return ""


def where_now() -> str:
    """The innermost line of the project's files that is being executed, as "FILE:LINE: "; empty where none is."""
    return _line_of(traceback.extract_stack())


def where_raised(error: BaseException) -> str:
    """The innermost line that raised it, whosever that is, as "FILE:LINE: "."""
    frames = traceback.extract_tb(_first_of(error).__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""


def is_theirs(filename: str) -> bool:
    """Whether a file that Python runs is the project's own: neither ours nor a library's."""
    return not filename.startswith(_NOT_THEIRS)


def _first_of(error: BaseException) -> BaseException:
    """The error itself, or of a bundle the first one in which a line of theirs took part, or else the first."""
    every = all_of(error)
    return next((each for each in every if _line_of_error(each)), every[0])


def all_of(error: BaseException) -> Sequence[BaseException]:
    """The error itself, or those of a bundle, however deep."""
    if not isinstance(error, BaseExceptionGroup):
        return (error,)
    return [each for inner in error.exceptions for each in all_of(inner)]


def _is_interruption(error: BaseException) -> bool:
    """Whether this task is being cancelled: who awaits what it has cancelled itself raises the same."""
    if not isinstance(error, asyncio.CancelledError):
        return False
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() > 0


def _line_of_error(error: BaseException) -> str:
    return _line_of(traceback.extract_tb(error.__traceback__))


def _line_of(frames: traceback.StackSummary) -> str:
    theirs = (each for each in reversed(frames) if is_theirs(each.filename))
    return next((f"{each.filename}:{each.lineno}: " for each in theirs), "")


def _beginning_of(function: object) -> str:
    if inspect.isclass(function):
        place = place_of(function)
        return "" if place.startswith(_NOT_THEIRS) else place
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}: " if code is not None else ""


def _extra(error: ImportError) -> str:
    """What to install, where a part of ours is asked for that the base installation lacks."""
    load = f"{_ROOT / 'harness' / 'load'}{os.sep}"
    frames = [each for each in traceback.extract_tb(error.__traceback__) if not each.filename.startswith("<")]
    asked = bool(frames) and frames[-1].filename.startswith(load)
    return "; it needs the extra `load`: pip install 'temporal-assay[load]'" if asked else ""
