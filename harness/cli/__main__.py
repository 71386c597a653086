"""``python -m harness.cli`` is the same as ``assay``: for processes that must use this very interpreter."""

from harness.cli.main import main

main()
