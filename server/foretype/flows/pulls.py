"""Downloads that run in a server: one for each model, whoever waits for it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from foretype.errors import ForetypeError, ModelMissingError
from foretype.flows.pulling import Pulling
from foretype.models.download import Watch
from foretype.models.local_catalogue import CatalogueModel
from foretype.models.local_files import LocalModel
from foretype.models.memory_fit import gigabytes

TOLD_EVERY_S = 0.3


class Report(Protocol):
    """Takes what there is to say, and how much is done, in percent, where that is known."""

    def __call__(self, message: str, percentage: int | None = None) -> None: ...


# Shows a title while something is done; the second argument is called where the user wants it to end.
Show = Callable[[str, Callable[[], None]], AbstractAsyncContextManager[Report]]


@dataclass(frozen=True)
class Running:
    task: asyncio.Task[LocalModel]
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Missing:
    """A model that could be downloaded; `entry` is what the catalogue says of it."""

    id: str
    entry: CatalogueModel | None


class Pulls:
    """Owns the downloads that run; `arrived` hears of each model that is there now."""

    def __init__(
        self, make: Callable[[], Pulling], show: Show, arrived: Callable[[LocalModel], None]
    ) -> None:
        self._make = make
        self._made: Pulling | None = None
        self._show = show
        self._arrived = arrived
        self._running: dict[str, Running] = {}

    async def pull(self, name: str) -> LocalModel:
        """The model `local:<name>`, once it is on this disk; a cancelled wait ends the download."""
        running = self._running.get(name) or self._begin(name)
        try:
            return await asyncio.shield(running.task)
        except asyncio.CancelledError:
            running.stop.set()
            raise

    async def missing(self, name: str) -> Missing | None:
        """A model that is known and not on this disk; one that is broken is not missing."""
        return await asyncio.to_thread(self._missing, name)

    def _missing(self, name: str) -> Missing | None:
        try:
            self._pulling().files.find(name)
        except ModelMissingError:
            return Missing(f"local:{name}", self._pulling().files.catalogue.find(name))
        except ForetypeError:
            return None
        return None

    def _pulling(self) -> Pulling:
        """Made on a thread, when it is first needed: it looks at the disk."""
        if self._made is None:
            self._made = self._make()
        return self._made

    async def close(self) -> None:
        """End what runs; its thread ends with the process at the latest."""
        running = tuple(self._running.values())
        for each in running:
            each.stop.set()
            each.task.cancel()
        await asyncio.gather(*(each.task for each in running), return_exceptions=True)

    def _begin(self, name: str) -> Running:
        stop = threading.Event()
        # Out of the request that caused it: its answer may come before the last word of the progress.
        task = contextvars.Context().run(asyncio.get_running_loop().create_task, self._run(name, stop))
        running = self._running[name] = Running(task, stop)
        task.add_done_callback(lambda ended: self._ended(name, ended))
        return running

    def _ended(self, name: str, task: asyncio.Task[LocalModel]) -> None:
        self._running.pop(name, None)
        if not task.cancelled() and task.exception() is None:
            self._arrived(task.result())

    async def _run(self, name: str, stop: threading.Event) -> LocalModel:
        here = await asyncio.to_thread(self._here, name)
        if here is not None:
            return here
        async with self._show(f"Downloading {name}", stop.set) as report:
            pulling = self._pulling()
            plan = await asyncio.to_thread(pulling.plan, name)
            watch = Watch(from_a_thread(report), stop)
            return await asyncio.to_thread(pulling.fetch, plan, watch)

    def _here(self, name: str) -> LocalModel | None:
        try:
            return self._pulling().files.find(name)
        except ModelMissingError:
            return None


def from_a_thread(report: Report) -> Callable[[int, int], None]:
    """Progress as a download tells it, handed to the loop now and then."""
    loop = asyncio.get_running_loop()
    told_at = -TOLD_EVERY_S

    def progress(there: int, whole: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at < TOLD_EVERY_S and there < whole:
            return
        told_at = now
        message = f"{gigabytes(there)} of {gigabytes(whole)}"
        with suppress(RuntimeError):  # the loop has ended, and the process is about to
            loop.call_soon_threadsafe(report, message, there * 100 // whole)

    return progress
