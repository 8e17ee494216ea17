"""The usage history while a server runs: written on a thread of its own, and never in anybody's way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.stats.use import Shown, Taken, Use, day_of, taken_by

if TYPE_CHECKING:
    import sqlite3

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
# A thread that woke at every answer would take the processor just when that answer is to be sent.
GATHERED_FOR_S = 1.0
LAST_WORDS_S = 2.0

Entry = Use | Shown


class History:
    """Takes entries and knows what was spent; a disk that fails costs time, never a request.

    What it does not take is written when it takes something again. Without a path, and while the disk fails,
    only what this server spent is counted.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._waiting: list[Entry] = []
        self._has_work = threading.Event()
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._written: tuple[Taken, ...] = ()
        self._unwritten: list[Use] = []
        self._day = day_of(clock())
        self._connection: sqlite3.Connection | None = None
        self._is_failing = False
        self._held: list[Entry] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Know soon what was spent, where there is a history; one is made with the first entry."""
        if self._path is not None and self._path.exists():
            self._begin(self._path)

    def look(self) -> None:
        """Know what was spent so far."""
        self.start()
        self.close()

    def add(self, entry: Entry) -> None:
        with self._lock:
            if isinstance(entry, Use):
                self._unwritten.append(entry)
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(entry)
        if self._path is not None and self._thread is None:
            self._begin(self._path)
        if not self._has_work.is_set():
            self._has_work.set()

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
        self._is_over.set()
        self._has_work.set()
        if self._thread is not None:
            self._thread.join(LAST_WORDS_S)

    def _begin(self, path: Path) -> None:
        self._thread = threading.Thread(target=self._work, args=(path,), name="usage history", daemon=True)
        self._thread.start()

    def _work(self, path: Path) -> None:
        self._write(path, [])
        is_over = False
        while not is_over:
            self._has_work.wait()
            is_over = self._is_over.wait(GATHERED_FOR_S)
            self._has_work.clear()
            batch = self._gathered()
            if batch or self._held:
                self._write(path, batch)
        self._let_go()

    def _gathered(self) -> list[Entry]:
        with self._lock:
            batch, self._waiting = self._waiting, []
        return batch

    def _write(self, path: Path, batch: list[Entry]) -> None:
        import sqlite3

        from foretype.stats.database import add, forget_old, opened, taken

        now, batch = self._clock(), [*self._held, *batch]
        try:
            if self._connection is None:
                self._connection = opened(path)
                forget_old(self._connection, now)
            if batch:
                add(self._connection, batch)
            self._held = []
            self._settle(batch, taken(self._connection, now), day_of(now))
        except (sqlite3.Error, OSError) as problem:
            self._held = batch[-MOST_WAITING:]
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
        self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # a file that is broken cannot always be closed
                self._connection.close()
            self._connection = None
