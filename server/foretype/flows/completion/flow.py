"""The recipe of a completion: the cheap exits first, then one streamed request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.errors import BackendError
from foretype.flows.completion.gate import silence
from foretype.flows.completion.memory import Memory
from foretype.flows.completion.offers import Offer, Offers
from foretype.flows.completion.pace import Pace
from foretype.flows.completion.run import Run
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order, Writer
from foretype.postprocess import clean
from foretype.postprocess.suggestion import Suggestion
from foretype.stream import stop_early
from foretype.stream.cursor import Cursor, cursor_at
from foretype.stream.filters import Deltas
from foretype.stream.mode import wants_many_lines

logger = logging.getLogger(__name__)

INSTANT = "builtin:workspace"
LINES_AROUND = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Surroundings:
    """What a completion needs to know of the server around it."""

    settings: Callable[[], Settings]
    writers: Callable[[], Sequence[Writer]]
    is_secret: Callable[[Document], bool]
    report: Callable[[BackendError], None]
    is_current: Callable[[Document], bool]
    instant: Callable[[Situation], Suggestion | None] = lambda situation: None


class Completion:
    """Owns the completions that run, one for each document, and those that are remembered."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._memory = Memory()
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.pace = Pace()
        self.offers = Offers()
        self.answered_by = ""

    async def suggest(self, situation: Situation) -> tuple[Offer, ...]:
        """What may be written here; empty where nothing should be, or a newer request took over."""
        return self._offered(situation, await self._suggestions(situation))

    async def suggest_within(self, situation: Situation, patience_s: float) -> tuple[Offer, ...]:
        """What is known soon; what comes later is remembered for whoever asks next."""
        asking = self._in_background(self._suggestions(situation))
        try:
            await asyncio.wait({asking}, timeout=patience_s)
        except asyncio.CancelledError:
            asking.cancel()
            raise
        return self._offered(situation, asking.result()) if asking.done() else ()

    def _offered(self, situation: Situation, suggestions: tuple[Suggestion, ...]) -> tuple[Offer, ...]:
        """Nothing, where the text has changed meanwhile: it would be shown at the wrong place."""
        return self.offers.make(suggestions) if self._around.is_current(situation.document) else ()

    async def _suggestions(self, situation: Situation) -> tuple[Suggestion, ...]:
        settings = self._around.settings()
        run = self._joined(situation)
        reason = silence(situation, settings.complete, self._around.is_secret)
        if reason is not None:
            logger.debug("silent: %s", reason.value)
            return ()
        known = self._memory.recall(situation)
        if known is not None:
            return known
        is_joined, run = run is not None, run or self._start(situation, settings)
        await run.head_start()
        instant = None if self._memory.recall(situation) else self._instant(situation, settings)
        if instant is not None:
            self.answered_by = INSTANT
            self._memory.remember(situation, (instant,))
            self._in_background(run.read())
        elif await run.read() is None:
            return ()
        known = self._memory.recall(situation)
        if known is None and is_joined and self._around.is_current(situation.document):
            # What was being written turned out not to be what was typed meanwhile.
            return await self._suggestions(situation)
        return known or ()

    def _instant(self, situation: Situation, settings: Settings) -> Suggestion | None:
        """What needs no model; whoever asks by hand wants the model's."""
        if not settings.complete.instant or (situation.is_invoked and self._around.writers()):
            return None
        return self._around.instant(situation)

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._keep(task)
        return task

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self) -> None:
        """Forget what was suggested, and where nothing was: a model that can be asked now may say more."""
        self._memory.forget()

    def start_over(self) -> None:
        """Forget, and give up what runs: it was begun under settings that are in force no more."""
        self.forget()
        for run in self._runs.values():
            run.give_up()

    async def close(self) -> None:
        """Give up everything that runs, and wait until it has ended."""
        self.start_over()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _joined(self, situation: Situation) -> Run | None:
        """The run of this document where it still fits; another one is given up."""
        run = self._runs.get(situation.document.key)
        if run is None or run.fits(situation):
            return run
        run.give_up()
        return None

    def _start(self, situation: Situation, settings: Settings) -> Run:
        order = Order(
            situation,
            cursor_of(situation, settings),
            settings.complete.max_tokens,
            settings.complete.deadline_ms / 1000,
        )
        run = Run(order, self._pause_s(situation, settings), self._write, self._learn)
        self._runs[situation.document.key] = run
        self._keep(run.task)
        run.task.add_done_callback(lambda _: self._let_go(run))
        return run

    def _let_go(self, run: Run) -> None:
        key = run.order.situation.document.key
        if self._runs.get(key) is run:
            del self._runs[key]

    def _learn(self, run: Run) -> None:
        """Remember what was written: in place of what is shown if it goes on from that, else behind it."""
        written = suggestions_of(run.result, run.order.cursor)
        if run.is_cut_off and not written:
            return
        self.pace.answered(run.took_s)
        shown = self._memory.recall(run.order.situation) or ()
        goes_on = bool(written) and all(written[0].text.startswith(each.text) for each in shown)
        self._memory.remember(run.order.situation, written if goes_on else (*shown, *written))

    def _pause_s(self, situation: Situation, settings: Settings) -> float:
        if situation.is_invoked:
            return 0.0
        fixed_ms = settings.complete.debounce_ms
        return self.pace.left_s if fixed_ms is None else fixed_ms / 1000

    async def _write(self, order: Order) -> Deltas:
        """The first writer that can; one that fails in the middle of its text is not followed by another."""
        failure: BackendError | None = None
        for writer in self._around.writers():
            has_written = False
            try:
                async with aclosing(stop_early(writer.write(order), order.cursor)) as pieces:
                    async for piece in pieces:
                        has_written, self.answered_by = True, writer.name
                        yield piece
                return
            except BackendError as problem:
                self._around.report(problem)
                failure = problem
                if has_written:
                    break
        if failure is not None:
            raise CutOff from failure


def cursor_of(situation: Situation, settings: Settings) -> Cursor:
    """The cursor as the stages and cleaners see it, with the choice between one line and many made."""
    document, place = situation.document, situation.place
    first = max(0, place.line - LINES_AROUND)
    lines = [line.rstrip("\r\n") for line in document.text.lines(first, place.line + LINES_AROUND)]
    cursor = cursor_at(lines, place.line - first, place.column, document.language_id, document.eol)
    wanted = settings.complete.multiline
    return replace(cursor, multiline=wants_many_lines(cursor) if wanted is None else wanted)


def suggestions_of(text: str, cursor: Cursor) -> tuple[Suggestion, ...]:
    suggestion = clean(text, cursor)
    return () if suggestion is None else (suggestion,)
