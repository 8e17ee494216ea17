"""Looks at what failed, again and again, each time later: while the user works, and never beside that."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

ACTIVE_FOR_S = 120.0


@dataclass(frozen=True)
class Subject:
    """Something that failed, and the free question that tells whether it works again.

    It is looked at after `first_s`, then after twice that, and so on up to the longest pause, and never
    before `not_before_s` from now.
    """

    name: str
    look: Callable[[], Awaitable[None]]
    first_s: float
    longest_s: float
    not_before_s: float = 0.0

    def pause_s(self, looks: int) -> float:
        return max(self.not_before_s, min(self.first_s * 2.0**looks, self.longest_s))


@dataclass
class Record:
    """How often a subject was looked at, and when next."""

    looks: int = 0
    due_s: float | None = None
    longest_s: float = 0.0
    looked_at_s: float = 0.0


class Timer(Protocol):
    def cancel(self) -> None: ...


def call_later(wait_s: float, callback: Callable[[], None]) -> Timer:
    """In a context of its own: the request that failed may be cancelled by the next key."""
    return asyncio.get_running_loop().call_later(wait_s, callback, context=contextvars.Context())


class Checks:
    """`subjects` says what is in trouble now, `start` runs work that belongs to no request."""

    def __init__(
        self,
        subjects: Callable[[], Iterable[Subject]],
        start: Callable[[Coroutine[Any, Any, None]], object],
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], Timer] = call_later,
    ) -> None:
        self._subjects = subjects
        self._start = start
        self._clock = clock
        self._later = later
        self._records: dict[str, Record] = {}
        self._timer: Timer | None = None
        self._is_needed = False
        self._is_looking = False
        self._is_closed = False
        self._active_at_s = clock()

    def stir(self) -> None:
        """The user did something: what waited for that is looked at. Where all is well this costs nothing."""
        self._active_at_s = self._clock()
        if self._is_needed and self._timer is None:
            self._plan()

    def heed(self) -> None:
        """Something may have failed, or be well again; whoever says so may not have learned from it yet."""
        if not self._is_closed:
            self._is_needed = True
            self._set_timer(0.0, self._plan)

    def close(self) -> None:
        self._is_closed, self._is_needed = True, False
        self._stop_timer()

    def _plan(self) -> None:
        self._stop_timer()
        if self._is_looking:  # it plans anew when it has looked
            return
        now_s = self._clock()
        subjects = {subject.name: subject for subject in self._subjects()}
        self._forget_all_but(subjects, now_s)
        for name, subject in subjects.items():
            record = self._records.setdefault(name, Record())
            record.longest_s = subject.longest_s
            if record.due_s is None:
                record.due_s = now_s + subject.pause_s(record.looks)
        dues_s = [record.due_s for record in self._records.values() if record.due_s is not None]
        self._is_needed = bool(dues_s)
        if dues_s:
            self._set_timer(max(0.0, min(dues_s) - now_s), self._wake)

    def _set_timer(self, wait_s: float, callback: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._later(wait_s, callback)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _forget_all_but(self, subjects: Iterable[str], now_s: float) -> None:
        """What is well for as long as its longest pause begins anew when it fails again."""
        for name, record in list(self._records.items()):
            if name not in subjects:
                record.due_s = None
                if now_s - record.looked_at_s > record.longest_s:
                    del self._records[name]

    def _wake(self) -> None:
        self._timer = None
        if self._clock() - self._active_at_s <= ACTIVE_FOR_S:
            self._is_looking = True
            self._start(self._look())

    async def _look(self) -> None:
        try:
            now_s = self._clock()
            for subject in tuple(self._subjects()):
                record = self._records.get(subject.name)
                if record is not None and record.due_s is not None and record.due_s <= now_s:
                    record.looks += 1
                    record.due_s = None
                    await subject.look()
                    record.looked_at_s = self._clock()
        finally:
            self._is_looking = False
        self._plan()
