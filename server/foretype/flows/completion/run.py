"""A model writing at one place: one stream, whoever waits for it."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from contextlib import aclosing

from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order
from foretype.stream.filters import COMPLETE, Deltas

HEAD_START_S = 0.005


class Run:
    """Starts to write after a pause, hands on what was written, and ends when nobody waits any more.

    What is left to do when the text is complete keeps nobody waiting, and is not given up any more.
    """

    def __init__(
        self, order: Order, pause_s: float, write: Callable[[Order], Deltas], finish: Callable[[Run], None]
    ) -> None:
        self.order = order
        self.text = ""
        self.has_asked = False
        self.is_cut_off = False
        self.is_complete = False
        self.took_s = 0.0
        self.begun = asyncio.Event()
        self._is_given_up = False
        self._pause_s = pause_s
        self._write = write
        self._finish = finish
        self._reader: asyncio.Future[str | None] | None = None
        loop = asyncio.get_running_loop()
        # Out of the request that caused it: a later one may go on reading when that one is cancelled.
        self.task = contextvars.Context().run(loop.create_task, self._run())
        self.task.add_done_callback(self._ended)

    @property
    def result(self) -> str:
        """The text as far as it is of use: whole lines only, where it was cut off."""
        return whole_lines(self.text) if self.is_cut_off else self.text

    def fits(self, situation: Situation) -> bool:
        """Whether what was typed since the start is what is being written."""
        typed = typed_between(self.order.situation, situation)
        if typed is None or not self.has_asked or self._is_given_up or self.is_complete or self.task.done():
            return False
        return self.text.startswith(typed) or typed.startswith(self.text)

    async def head_start(self) -> None:
        """Lets a request that does not wait go out before anything else is worked on."""
        if self._pause_s:
            return
        try:
            await asyncio.wait({self.task}, timeout=HEAD_START_S)
        except asyncio.CancelledError:
            self.give_up()
            raise

    async def read(self) -> str | None:
        """What comes of it, once it is over; None as soon as another reader takes over, or it is given up."""
        self._release(None)
        reader: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._reader = reader
        if self.task.done():
            self._ended(self.task)
        elif self.is_complete:
            self._release(self.result)
        try:
            return await reader
        finally:
            if self._reader is reader:
                self.give_up()

    def give_up(self) -> None:
        """Stop the model, once: a second cancellation would cut short the cleaning up after the first."""
        if not self._is_given_up and not self.is_complete:
            self._is_given_up = True
            self.task.cancel()

    async def _run(self) -> None:
        if self._pause_s:
            await asyncio.sleep(self._pause_s)
        self.has_asked = True
        asked_s = time.monotonic()
        try:
            async with aclosing(self._write(self.order)) as pieces:
                async for piece in pieces:
                    if piece == COMPLETE:
                        self._complete(asked_s)
                        await asyncio.sleep(0)  # whoever waits goes first
                    self.text += piece
                    self.begun.set()
        except CutOff:
            self.is_cut_off = not self.is_complete
        if not self.is_complete:
            self._complete(asked_s)

    def _complete(self, asked_s: float) -> None:
        self.is_complete = True
        self.took_s = time.monotonic() - asked_s
        # Before anybody has it: whoever asks next either joins it or knows what it wrote.
        self._finish(self)
        self._release(self.result)

    def _ended(self, task: asyncio.Task[None]) -> None:
        problem = None if task.cancelled() else task.exception()
        if problem is not None and self._reader is not None and not self._reader.done():
            self._reader.set_exception(problem)
        self._release(None if task.cancelled() else self.result)

    def _release(self, text: str | None) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(text)


def whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1]


def typed_between(begun: Situation, now: Situation) -> str | None:
    """What was typed from one situation to the other; None where anything else happened."""
    if begun.document.key != now.document.key or begun.near_after != now.near_after:
        return None
    start, before = begun.document.text.offset(begun.place), now.document.text.offset(now.place)
    typed_characters = before - start
    if not 0 <= typed_characters <= len(now.near_before):
        return None
    unchanged = now.near_before[: len(now.near_before) - typed_characters]
    return now.near_before[len(unchanged) :] if begun.near_before.endswith(unchanged) else None
