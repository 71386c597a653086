"""The `assay` command: one file per command, and the one place where outcomes become exit codes."""

import time

# Before the imports of the commands, which take their time too.
BEGAN_SECONDS = time.monotonic()
