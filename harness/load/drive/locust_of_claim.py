"""Locust as a claim under load runs it: `python -m harness.load.drive.locust_of_claim -f FILE …`.

A mistake in the project's locustfile ends locust with exit code 1 and a traceback, as a failed test does. Here it is
told as what it is, with its line, and ends with the exit code of a mistake.
"""

from __future__ import annotations

import sys

import locust.main  # first: it replaces the standard library's sockets before anything else imports them

from harness.application.imported import passed_through_theirs, theirs
from harness.errors import AssayError


def main() -> None:
    """Run locust with the arguments of the command line.

    :raises SystemExit: always, with locust's exit code, or that of what is wrong.
    """
    try:
        with theirs("the claim's locustfile", only_if=passed_through_theirs):
            locust.main.main()  # type: ignore[no-untyped-call]
    except AssayError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
