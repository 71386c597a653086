"""The small tree of errors that the engine raises, each with the exit code the command ends with.

    AssayError
    ├── UsageError            2   the command, a file or a setting is wrong; the message says what fixes it
    ├── EnvironmentMissing    3   something this machine should offer is not there (a binary, a free port)
    └── HarnessDefect         5   Assay itself is wrong; never the application's fault

A broken promise of the application is not an error: it is a verdict (``harness.verdict``).
"""


class AssayError(Exception):
    """Anything the engine raises on purpose. ``exit_code`` is what the command ends with."""

    exit_code = 5


class UsageError(AssayError):
    """The user asked for something that cannot be: an unknown name, a bad file, settings that contradict."""

    exit_code = 2


class EnvironmentMissing(AssayError):
    """This machine lacks a part of the stack, or another process holds what the stack needs."""

    exit_code = 3


class HarnessDefect(AssayError):
    """Assay did something wrong. Reported as such, so that nobody takes it for a broken promise."""

    exit_code = 5


class WaitTimeout(EnvironmentMissing):
    """A bounded wait ran out. The message names what was waited for, for how long, and what was seen last."""
