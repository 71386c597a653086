"""`python -m harness.replay`: see ``harness.replay.child``."""

from harness.replay.child import main

main()
