"""PostgreSQL refuses to run as root: the prefix under which root starts it as a user who may do less.

`setpriv` (util-linux) changes the user and keeps one right, to pass through folders: a run directory, or the virtual
environment that the binaries are in, often lies below a home folder that is root's alone. Who is not root needs none of
this. What this does not do is protect anything: the point is only PostgreSQL's own rule.
"""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing

USER = "nobody"


def unprivileged(command: Sequence[str]) -> list[str]:
    """The command as a user who is not root runs it; unchanged when we are not root ourselves.

    :raises EnvironmentMissing: we are root, and this machine has no `setpriv`.
    """
    if os.geteuid() != 0:
        return list(command)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EnvironmentMissing(
            "PostgreSQL does not run as root, and setpriv is not here to change the user: "
            "install util-linux, or run as another user"
        )
    account = pwd.getpwnam(USER)
    # access(2), by which PostgreSQL finds its own programs, forgets the right unless that is fixed in the securebits.
    keep = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override", "--securebits", "+no_setuid_fixup"]
    return [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *keep, *command]


def give_away(path: Path) -> None:
    """Make the unprivileged user the owner of a file or folder; does nothing when we are not root."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(path, account.pw_uid, account.pw_gid)
