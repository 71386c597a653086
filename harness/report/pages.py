"""How a page is made of a template: everything escaped and visible, nothing loaded, a misspelt name an error.

Data flow: values → **pages** → one HTML file. The reports of a run and of a load test share it, with the style
sheet and the macros beside it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report.untrusted import visible

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def page_environment(*folders: Path) -> Environment:
    """Jinja over the given folders of templates, and then over our own (``report.css.j2``, ``macros.html.j2``)."""
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["seconds"] = seconds
    environment.filters["count"] = lambda value: f"{value:,}"
    # Our own SVG: everything foreign in it was escaped where it was drawn.
    environment.filters["picture"] = lambda drawn: Markup(drawn)
    return environment


def _shown(value: Any) -> Any:
    """What Jinja writes for a value: text made visible, everything else as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def seconds(value: float | None) -> str:
    """A duration on the page; a dash for none."""
    if value is None:
        return "—"
    return f"{value * 1000:.0f} ms" if 0 <= value < 1 else f"{value:,.1f} s"
