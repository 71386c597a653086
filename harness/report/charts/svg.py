"""The few SVG primitives that the charts are drawn with: scales, ticks, escaped text, the frame of a time chart.

Colours are classes that the page's style sheet fills from CSS variables, so one drawing serves light, dark and paper.
Output depends on the input alone: coordinates are rounded, nothing is random.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from harness.report.untrusted import visible

LEFT, RIGHT, TOP, BOTTOM = 46.0, 10.0, 18.0, 20.0
"""Margins of every chart in pixels: the same for all, so that their time axes stand under each other."""

FEW_DOTS, MANY_BANDS = 5_000, 60

CHARACTER_WIDTH = 6.1
"""About how wide a character of the 11-pixel labels is; labels are placed by it, because nothing measures text here."""


@dataclass(frozen=True)
class Scale:
    """From values to pixels, linear or (``log``) by decades. A range without extent is widened, never divided by."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a value; values outside the range are drawn at its edge."""
        low, high, at = (math.log10(max(v, 1e-9)) if self.log else v for v in (self.low, self.high, value))
        share = (at - low) / (high - low) if high > low else 0.0
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


@dataclass(frozen=True)
class Band:
    """One fault window on a time chart: its number, its title, from when to when (``None``: never healed)."""

    number: int
    title: str
    start_seconds: float
    end_seconds: float | None


@dataclass(frozen=True)
class Frame:
    """The room a chart is drawn in: its size in pixels, its time axis, the fault windows that lie behind it."""

    width: float
    height: float
    lasted_seconds: float
    bands: tuple[Band, ...] = ()

    @property
    def x(self) -> Scale:
        """Seconds since the work began, to pixels."""
        return Scale(0.0, self.lasted_seconds, LEFT, self.width - RIGHT)

    @property
    def bottom(self) -> float:
        """The pixel of the time axis."""
        return self.height - BOTTOM


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def ticks(high: float, about: int) -> tuple[float, ...]:
    """Round values from 0 to ``high``, about as many as wanted, never fewer than two for a positive ``high``."""
    if high <= 0:
        return (0.0,)
    rough = high / max(1, about)
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    return tuple(round(index * step, 9) for index in range(int(high / step + 1e-9) + 1))


def text(x: float, y: float, content: str, css: str = "label", anchor: str = "start") -> str:
    """A line of text; the content is escaped and made visible."""
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'<text class="{css}" {place} text-anchor="{anchor}">{escape(visible(content, limit=120))}</text>'


def rect(x: float, y: float, width: float, height: float, css: str, title: str = "") -> str:
    """A rectangle, with a tooltip when it has a title."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(max(width, 0.0))}" height="{number(height)}"'
    if not title:
        return f'<rect class="{css}" {place}/>'
    return f'<rect class="{css}" {place}><title>{escape(visible(title, limit=300))}</title></rect>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line class="{css}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"/>'


def dots(points: Iterable[tuple[float, float]], css: str) -> str:
    """Many dots as one path with round caps; dots on one place are drawn once, which bounds the size.

    A place is half a pixel wide, and two where there are so many that no eye tells them apart.
    """
    known = list(points)
    step = 0.5 if len(known) <= FEW_DOTS else 2.0
    places = sorted({(round(x / step) * step, round(y / step) * step) for x, y in known})
    return f'<path class="dots {css}" d="{"".join(f"M{number(x)} {number(y)}h0" for x, y in places)}"/>'


def polyline(points: Sequence[tuple[float, float]], css: str) -> str:
    """A line through the points, in their order."""
    path = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f'<path class="{css}" d="M{path}"/>'


def drawing(name: str, title: str, description: str, size: tuple[float, float], body: Iterable[str]) -> str:
    """The whole ``<svg>``: ``name`` is unique on the page and ties title and description to it for screen readers."""
    width, height = (number(value) for value in size)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(visible(title))}</title>'
        f'<desc id="{name}-desc">{escape(visible(description))}</desc>{"".join(body)}</svg>'
    )


def time_axis(frame: Frame, unit: str = "s") -> list[str]:
    """The axis at the foot of a chart, in seconds."""
    axis = [line(LEFT, frame.bottom, frame.width - RIGHT, frame.bottom, "axis")]
    for value in ticks(frame.lasted_seconds, max(3, int(frame.width / 110))):
        at = frame.x(value)
        last = at > frame.width - RIGHT - 24
        axis.append(line(at, frame.bottom, at, frame.bottom + 4, "axis"))
        axis.append(text(at, frame.height - 4, f"{value:g} {unit}", anchor="end" if last else "middle"))
    return axis


def value_axis(frame: Frame, scale: Scale, values: Sequence[tuple[float, str]]) -> list[str]:
    """Grid lines across the chart with their labels at the left."""
    drawn = []
    for value, label in values:
        y = scale(value)
        drawn += [line(LEFT, y, frame.width - RIGHT, y, "grid"), text(LEFT - 6, y + 3.5, label, anchor="end")]
    return drawn


def fault_bands(frame: Frame) -> list[str]:
    """The fault windows, shaded, each with its number at the top where the one before leaves room for it.

    Where there are more than a reader could tell apart they are only shaded, those that touch as one.
    """
    if len(frame.bands) > MANY_BANDS:
        return [rect(start, TOP, end - start, frame.bottom - TOP, "fault-window") for start, end in _shades(frame)]
    drawn, free_from = [], 0.0
    for band in frame.bands:
        start = frame.x(band.start_seconds)
        end = frame.x(frame.lasted_seconds if band.end_seconds is None else band.end_seconds)
        drawn.append(rect(start, TOP, max(end - start, 2.0), frame.bottom - TOP, "fault-window", band.title))
        if start >= free_from:
            drawn.append(text(start, TOP - 5, str(band.number), "fault-number"))
            free_from = start + CHARACTER_WIDTH * (len(str(band.number)) + 1)
    return drawn


def _shades(frame: Frame) -> list[tuple[float, float]]:
    """From which pixel to which there was any fault; what is less than two pixels apart is one."""
    shades: list[tuple[float, float]] = []
    for band in sorted(frame.bands, key=lambda band: band.start_seconds):
        start = frame.x(band.start_seconds)
        end = max(frame.x(frame.lasted_seconds if band.end_seconds is None else band.end_seconds), start + 2.0)
        if shades and start <= shades[-1][1] + 2.0:
            shades[-1] = (shades[-1][0], max(shades[-1][1], end))
        else:
            shades.append((start, end))
    return shades
