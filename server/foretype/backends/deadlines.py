"""How long each stage of a request may take, and the timer that gives up on it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """What was being waited for when time ran out."""

    CONNECT = "the connection"
    FIRST_BYTE = "the first byte"
    NEXT_BYTES = "the next bytes"
    WHOLE = "the whole answer"


@dataclass(frozen=True)
class Deadlines:
    """Seconds for each stage; `total_s` bounds them all, retries included."""

    connect_s: float = 3.0
    first_byte_s: float = 4.0
    idle_s: float = 3.0
    total_s: float = 4.0
    retry_pause_s: float = 0.1
    linger_s: float = 0.05


FOR_COMPLETION = Deadlines()
FOR_CHAT = Deadlines(connect_s=10.0, first_byte_s=60.0, idle_s=60.0, total_s=600.0, retry_pause_s=0.5)


class TooLateError(Exception):
    """Raised where a timer ran out, never seen outside the transport."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.value)
        self.stage = stage


class Countdown:
    """The deadlines of one request, running since it was made."""

    def __init__(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self._end = time.monotonic() + deadlines.total_s

    def left_s(self) -> float:
        return self._end - time.monotonic()

    @contextmanager
    def wait(self, stage: Stage, limit_s: float) -> Iterator[None]:
        """Gives up after the limit or at the total's end, whichever comes first."""
        left_s = self.left_s()
        whole = left_s < limit_s
        with give_up_after(max(0.0, min(limit_s, left_s)), Stage.WHOLE if whole else stage):
            yield


@contextmanager
def give_up_after(limit_s: float, stage: Stage) -> Iterator[None]:
    """Ends what the task awaits inside, by a cancellation that leaves as TooLateError.

    Python 3.10 has no asyncio.timeout; wait_for would wrap every piece of a stream in a task.
    """
    task = asyncio.current_task()
    assert task is not None
    cancelled_before = cancellations(task)
    fired = False

    def fire() -> None:
        nonlocal fired
        fired = True
        task.cancel()

    timer = asyncio.get_running_loop().call_later(limit_s, fire)
    try:
        yield
    except asyncio.CancelledError:
        if fired and take_back_one(task) <= cancelled_before:
            raise TooLateError(stage) from None
        raise
    finally:
        timer.cancel()


def cancellations(task: asyncio.Task[object]) -> int:
    """How many cancellations of a task stand; Python 3.10 does not count them."""
    if sys.version_info >= (3, 11):
        return task.cancelling()
    return 0


def take_back_one(task: asyncio.Task[object]) -> int:
    """Takes back the timer's own cancellation and says how many others stand."""
    if sys.version_info >= (3, 11):
        return task.uncancel()
    return 0
