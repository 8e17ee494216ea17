"""How long each stage of a request may take, and the timer that gives up on it."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from enum import Enum
from types import TracebackType


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

    def wait(self, stage: Stage, limit_s: float) -> GiveUpAfter:
        """Gives up after the limit or at the total's end, whichever comes first."""
        left_s = self.left_s()
        whole = left_s < limit_s
        return GiveUpAfter(max(0.0, min(limit_s, left_s)), Stage.WHOLE if whole else stage)


class GiveUpAfter:
    """Ends what the task awaits inside, by a cancellation that leaves as TooLateError.

    Python 3.10 has no asyncio.timeout; wait_for would wrap every piece of a stream in a task. A class,
    because a generator for every piece is a good part of what a piece costs.
    """

    __slots__ = ("_cancelled_before", "_fired", "_limit_s", "_stage", "_task", "_timer")

    _task: asyncio.Task[object]
    _timer: asyncio.TimerHandle

    def __init__(self, limit_s: float, stage: Stage) -> None:
        self._limit_s = limit_s
        self._stage = stage
        self._fired = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._cancelled_before = cancellations(task)
        self._timer = asyncio.get_running_loop().call_later(self._limit_s, self._fire)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if not self._fired or not isinstance(error, asyncio.CancelledError):
            return
        if take_back_one(self._task) <= self._cancelled_before:
            raise TooLateError(self._stage) from None

    def _fire(self) -> None:
        self._fired = True
        self._task.cancel()


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
