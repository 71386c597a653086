"""Bring up and take down: processes, free ports, the dev server, the watchdog, and `assay up`'s supervisor."""
