"""Draws what is outstanding by days overdue: a panel of bars for each currency, as SVG.

Letters are outlines, so the picture looks the same wherever it is shown and holds no text. What is said in Arabic
stands beside it, set by the typesetter, for matplotlib does not join Arabic letters. Bars get darker the longer they
are overdue, and what was overpaid is hatched: nothing is told by colour alone.

The same figures give the same bytes: no clock, no random ids, no settings of the machine, the font from a package. The
library is loaded when it is needed: it takes seconds.
"""

from __future__ import annotations

import io
import threading
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from workflows.reports.contents.columns import AGING
from workflows.reports.model import CurrencySums, Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

MOST_PANELS = 4

_WIDTH_INCHES, _ROW_INCHES = 6.85, 1.55
_INK, _SOFT, _LINE = "#1c2733", "#5d6b79", "#d5dce3"
_SHADES = ("#cfe0db", "#9cc0b7", "#63998d", "#2d7668", "#0b4a3f")
_UNITS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))
_SETTINGS = {"svg.fonttype": "path", "svg.hashsalt": "aging", "hatch.linewidth": 0.6}
# The settings are the library's, one set for the whole process.
_one_at_a_time = threading.Lock()


def charted(summary: Summary) -> tuple[CurrencySums, ...]:
    """The currencies that are drawn: those with the most invoices, in the order of their codes.

    By the number of invoices, for amounts of different currencies are not compared here.
    """
    most = sorted(summary.sums, key=lambda sums: -sums.invoice_count)[:MOST_PANELS]
    return tuple(sums for sums in summary.sums if sums in most)


def draw_aging(summary: Summary) -> bytes:
    """The picture, an SVG file.

    :raises ValueError: there is no line, so there is nothing to draw.
    """
    panels = tuple((sums.total.currency, tuple(bucket.amount for bucket in sums.aging)) for sums in charted(summary))
    if not panels:
        raise ValueError(f"report {summary.report_id} has no lines, so there is no aging to draw")
    return _drawn(panels)


@lru_cache(maxsize=16)
def _drawn(panels: tuple[tuple[str, tuple[Decimal, ...]], ...]) -> bytes:
    """Kept, because an activity that comes again draws the same again."""
    import matplotlib.style
    from matplotlib.figure import Figure

    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    with _one_at_a_time, matplotlib.style.context(["default", _SETTINGS]):
        figure = Figure(figsize=(_WIDTH_INCHES, _ROW_INCHES * rows))
        figure.subplots_adjust(0.005, 0.15 / rows, 0.995, 1 - 0.2 / rows, wspace=0.08, hspace=0.55)
        for number, (currency, amounts) in enumerate(panels, start=1):
            _draw_panel(figure.add_subplot(rows, columns, number), currency, amounts)
        content = io.BytesIO()
        figure.savefig(content, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return content.getvalue()


def _draw_panel(axes: Axes, currency: str, amounts: tuple[Decimal, ...]) -> None:
    regular, strong = _font("Regular"), _font("SemiBold")
    heights = [float(amount) for amount in amounts]
    bars = axes.bar(range(len(heights)), heights, width=0.74, color=_SHADES, edgecolor=_INK, linewidth=0.4)
    low, high = min(0.0, *heights), max(0.0, *heights)
    room = (high - low) * 0.16 or 1.0
    axes.set_ylim(low - room * (low < 0), high + room)
    for bar, amount in zip(bars, amounts, strict=True):
        if amount < 0:
            bar.set(hatch="/////", facecolor="white")
        middle, below = bar.get_x() + bar.get_width() / 2, amount < 0
        axes.annotate(
            short(amount), (middle, float(amount)), xytext=(0, -2 if below else 2), textcoords="offset points",
            ha="center", va="top" if below else "bottom", fontproperties=regular, fontsize=7, color=_INK,
        )  # fmt: skip
    axes.axhline(0, color=_INK, linewidth=0.6)
    axes.set_title(currency, loc="left", fontproperties=strong, fontsize=8.5, color=_INK, pad=9)
    labels = [english.removesuffix(" days") for english, _ in AGING]
    axes.set_xticks(range(len(labels)), labels, fontproperties=regular, fontsize=7, color=_SOFT)
    axes.tick_params(length=0, pad=3)
    axes.yaxis.set_visible(False)
    axes.spines[:].set_visible(False)


def short(amount: Decimal) -> str:
    """The amount in at most three digits and a letter for thousands (K), millions (M) and so on; 999 and less whole."""
    sign, size = "-" if amount < 0 else "", abs(amount)
    for unit, letter in _UNITS:
        # What would be rounded up to 1000 of the next smaller unit is one of this.
        if size >= unit * Decimal("0.9995"):
            return f"{sign}{Decimal(f'{size / unit:.3g}').normalize():f} {letter}"
    return f"{sign}{size:.0f}" if round(size) else "0"


def _font(weight: str) -> FontProperties:
    import fontpkg_ibm_plex_sans_arabic
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=fontpkg_ibm_plex_sans_arabic.ROOT / "files" / f"IBMPlexSansArabic-{weight}.ttf")
