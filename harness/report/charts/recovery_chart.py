"""One row per fault that cut work short: how long each attempt took to come back, beside what Temporal alone needs."""

from __future__ import annotations

from collections.abc import Iterable

from harness.judge.recovery import FaultRecovery, recovery, recovery_floor
from harness.record.record import Record
from harness.report.charts.charts import Chart, chart
from harness.report.charts.svg import LEFT, RIGHT, TOP, Frame, Scale, dots, line, rect, text, time_axis

ROW = 30.0
TOP_ROOM = 16.0
ROWS_SHOWN = 24


def recovery_chart(record: Record) -> Chart | None:
    """The chart, or ``None`` when no fault cut anything short."""
    numbers = {fault.fault_id: place for place, fault in enumerate(record.faults, start=1)}
    found = [fault for fault in recovery(record) if fault.cut_short]
    if not found:
        return None
    rows = _worst(found)
    floor = recovery_floor(record).smallest_seconds
    longest = max([row.worst_seconds or 0.0 for row in rows] + [floor or 0.0, 1.0]) * 1.12

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = Frame(width, TOP + TOP_ROOM + ROW * len(rows) + 22.0, longest)
        body = time_axis(room)
        if floor is not None:
            body += _floor(room, floor)
        for place, row in enumerate(rows):
            body += _row(row, numbers[row.fault_id], room, TOP + TOP_ROOM + place * ROW)
        return room.height, body

    legend = (("tone-1", "an attempt that came back"), ("tone-bad", "never came back"))
    never = any(row.never for row in rows)
    return chart(
        "recovery",
        "How long cut-short work took to come back",
        f"Seconds from the injection until the same activity completed on any worker.{_hidden(len(found) - len(rows))}",
        draw,
        legend if never else legend[:1],
    )


def _worst(rows: list[FaultRecovery]) -> list[FaultRecovery]:
    """The faults whose work took longest, or never came back, in the order of the plan."""
    by_badness = sorted(rows, key=lambda row: (row.never, row.worst_seconds or 0.0), reverse=True)
    shown = {row.fault_id for row in by_badness[:ROWS_SHOWN]}
    return [row for row in rows if row.fault_id in shown]


def _hidden(count: int) -> str:
    return f" The worst only: {count:,} more faults cut work short." if count else ""


def _floor(room: Frame, floor: float) -> list[str]:
    x = room.x(floor)
    right = x > room.width * 0.6
    label = text(x - 5 if right else x + 5, 13.0, f"floor {floor:g} s", "floor-label", "end" if right else "start")
    return [line(x, 4.0, x, room.bottom, "floor-line"), label]


def _row(row: FaultRecovery, number: int, room: Frame, top: float) -> list[str]:
    y = top + 15.0
    names = f"{number} {row.kind} · {len(row.cut_short)} cut short"
    body = [text(LEFT, top + 4, names, "lane-name"), line(LEFT, y, room.width - RIGHT, y, "grid")]
    if row.worst_seconds is not None:
        body.append(
            rect(LEFT, y - 6, room.x(row.worst_seconds) - LEFT, 12.0, "reach", f"worst {row.worst_seconds:.1f} s")
        )
        body.append(text(room.x(row.worst_seconds) + 7, y + 4, f"{row.worst_seconds:.1f} s"))
    spread = Scale(0, 3, y - 4, y + 4)
    # Dots of one row lie on four heights, so that equal times can be told from one.
    came_back = sorted(each.seconds for each in row.cut_short if each.seconds is not None)
    body.append(dots(((room.x(at), spread(place % 4)) for place, at in enumerate(came_back)), "big tone-1"))
    for place in range(row.never):
        x = room.width - RIGHT - 5 - 11 * place
        if x > LEFT:
            body += [line(x - 4, y - 4, x + 4, y + 4, "never"), line(x - 4, y + 4, x + 4, y - 4, "never")]
    return body
