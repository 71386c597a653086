"""The activities of the feature workflows."""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError


@activity.defn
async def greet(name: str) -> str:
    """Answers at once."""
    return f"hello {name}"


@activity.defn
async def refuse(name: str) -> str:
    """Fails for good at its first attempt."""
    raise ApplicationError(f"no {name}", {"name": name}, type="Refused", non_retryable=True)


@activity.defn
async def break_down(name: str) -> str:
    """Fails at each attempt."""
    raise ValueError(f"broken {name}")


@activity.defn
async def third_time(name: str) -> str:
    """Fails twice, and is done at the third attempt."""
    if activity.info().attempt < 3:
        raise ValueError(f"attempt {activity.info().attempt}")
    return f"{name} at {activity.info().attempt}"


@activity.defn
async def hang(name: str) -> str:
    """Never comes to an end, and says nothing."""
    await asyncio.sleep(3600)
    return name


@activity.defn
async def leave(name: str) -> str:
    """Would end its process."""
    raise SystemExit(f"goodbye {name}")


@activity.defn
async def doze(name: str) -> str:
    """Takes two seconds."""
    await asyncio.sleep(2)
    return name


@activity.defn
async def beat(name: str) -> str:
    """Beats five times a second with a counter, until it is cancelled or ten minutes are over."""
    for count in range(3000):
        activity.heartbeat(count)
        await asyncio.sleep(0.2)
    return name


@activity.defn
async def clean_up(name: str) -> str:
    """Beats, and cleans up when it is cancelled: it completes all the same."""
    try:
        for _ in range(3000):
            activity.heartbeat()
            await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        return f"cleaned {name}"
    return name


@activity.defn
async def resume_from_beat(name: str) -> str:
    """The first attempt beats with how far it came, and fails; the second goes on from there."""
    details = activity.info().heartbeat_details
    if not details:
        activity.heartbeat(7)
        raise ValueError("half way")
    return f"{name} from {details[0]}"


@activity.defn
def threaded(name: str) -> str:
    """Not a coroutine function."""
    return f"thread {name} {activity.info().attempt}"


@activity.defn
async def later(name: str) -> str:
    """Asks for its next retry in 2 s at the first attempt."""
    from datetime import timedelta

    if activity.info().attempt == 1:
        raise ApplicationError("later", next_retry_delay=timedelta(seconds=2))
    return name


ALL = (greet, refuse, break_down, third_time, hang, leave, doze, beat, clean_up, resume_from_beat, threaded, later)
