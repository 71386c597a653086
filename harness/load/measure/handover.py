"""What the harness and the locust process that it starts have to agree on.

Where it fits: `drive`, in the harness, and `claimed`, in locust, both read it. Nothing here imports locust, which
patches the process that imports it.
"""

from __future__ import annotations

WORLD_PORTS = "ASSAY_WORLD_PORTS"
"""The variable that holds the ports of the world's services, as JSON."""

INSIDE = "ASSAY_INSIDE"
"""The variable that says what of the system can be looked into (`harness.load.inside.sources`)."""

WRITER = "load"
"""Whose journal it is that the locust process writes: ``journal/load.jsonl``."""

FOLDER = "load"
"""Where in the run's folder the measurements and the report of the load go."""

MEASURED = "load.json"
