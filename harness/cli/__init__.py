"""The `assay` command: one file per command, and the one place where outcomes become exit codes."""
