"""The usage history while a server runs: written on a thread of its own, and never in anybody's way."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from foretype.stats.database import add, day_of, forget_old, opened, taken
from foretype.stats.use import Shown, Taken, Use, taken_by

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
MOST_AT_ONCE = 500
LAST_WORDS_S = 2.0

Entry = Use | Shown


class History:
    """Takes entries and knows what was spent; a disk that fails costs the entries, never a request.

    Without a path, and while the disk fails, it counts what this server spent, and only that.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._waiting: queue.Queue[Entry | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._written: tuple[Taken, ...] = ()
        self._unwritten: list[Use] = []
        self._day = day_of(clock())
        self._connection: sqlite3.Connection | None = None
        self._is_failing = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write; what other servers spent is known soon after."""
        if self._path is not None:
            self._thread = threading.Thread(target=self._work, name="usage history", daemon=True)
            self._thread.start()

    def look(self) -> None:
        """Know what was spent so far, where there is a history; none is made."""
        if self._path is not None and self._path.exists():
            self.start()
            self.close()

    def add(self, entry: Entry) -> None:
        if isinstance(entry, Use):
            with self._lock:
                self._unwritten.append(entry)
        if self._thread is not None:
            with suppress(queue.Full):
                self._waiting.put_nowait(entry)

    def taken(self) -> tuple[Taken, ...]:
        """What today and this month have taken at Hugging Face, as far as is known."""
        today = day_of(self._clock())
        with self._lock:
            billed = (use for use in self._unwritten if use.model.startswith("hf:"))
            return (
                *self._written_by(today),
                *(taken_by(use) for use in billed if day_of(use.at) == today),
            )

    def _written_by(self, today: str) -> tuple[Taken, ...]:
        """What was read last, which may have been before midnight."""
        if self._day == today:
            return self._written
        is_this_month = self._day[:7] == today[:7]
        return tuple(replace(each, is_today=False) for each in self._written) if is_this_month else ()

    def close(self) -> None:
        """Write what waits, as far as the disk lets it in a moment."""
        if self._thread is not None:
            with suppress(queue.Full):
                self._waiting.put_nowait(None)
            self._thread.join(LAST_WORDS_S)

    def _work(self) -> None:
        self._write([])
        is_over = False
        while not is_over:
            batch, is_over = self._next_batch()
            if batch:
                self._write(batch)
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()

    def _next_batch(self) -> tuple[list[Entry], bool]:
        """What waits by now, and whether that was all there will be."""
        entry = self._waiting.get()
        batch: list[Entry] = []
        while entry is not None:
            batch.append(entry)
            if len(batch) == MOST_AT_ONCE or self._waiting.empty():
                return batch, False
            entry = self._waiting.get()
        return batch, True

    def _write(self, batch: list[Entry]) -> None:
        assert self._path is not None
        now = self._clock()
        try:
            if self._connection is None:
                self._connection = opened(self._path)
                forget_old(self._connection, now)
            if batch:
                add(self._connection, batch)
            self._settle(batch, taken(self._connection, now), day_of(now))
        except (sqlite3.Error, OSError) as problem:
            self._failed(problem)

    def _settle(self, batch: list[Entry], total: tuple[Taken, ...], day: str) -> None:
        written = {id(entry) for entry in batch}
        with self._lock:
            self._written, self._day = total, day
            self._unwritten = [use for use in self._unwritten if id(use) not in written]
        self._is_failing = False

    def _failed(self, problem: Exception) -> None:
        """Say it once, and open the file anew for the next batch."""
        if not self._is_failing:
            logger.warning("the usage history is not written: %s", problem)
        self._is_failing = True
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
