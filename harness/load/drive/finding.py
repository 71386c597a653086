"""Finding the sources of a test: in the state of `assay up`, in what a claim's run hands over, in option ``metrics``.

Data flow: options → **finding** → `sources`. Of a server that is named by its address nothing is known but what
the option names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from harness.config import load_config
from harness.errors import EnvironmentMissing
from harness.load.client.options import LoadOptions
from harness.load.client.target import TEMPORAL_ADDRESS
from harness.load.inside.sources import Sources, metrics_shown
from harness.load.measure.handover import INSIDE
from harness.stack.state import stack_folder, state_of_living


def find_sources(options: LoadOptions, *, start: Path, environ: Mapping[str, str]) -> Sources:
    """The sources of a test. What the options name is added to what is known anyway.

    :param start: the project, or a folder in it; its stack is looked for.
    """
    known = _known(options, start, environ)
    return Sources({**known.metrics, **options.metrics}, known.root)


def _known(options: LoadOptions, start: Path, environ: Mapping[str, str]) -> Sources:
    if options.run_folder is not None:
        return Sources(**json.loads(environ.get(INSIDE, "{}")))
    if TEMPORAL_ADDRESS in options.named:
        return Sources()
    try:
        state = state_of_living(stack_folder(load_config(start).root))
    except EnvironmentMissing:
        return Sources()  # whoever looks for the target says so
    return Sources(metrics_shown(state.shown), state.supervisor_pid)
