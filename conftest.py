"""The root of all tests: loads Assay's own pytest plugin, and does nothing else."""

pytest_plugins = ["harness.plugin"]
