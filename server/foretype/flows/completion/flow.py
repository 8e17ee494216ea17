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
from foretype.documents.store import Event, Kind
from foretype.errors import BackendError
from foretype.flows.completion.ahead import Ahead
from foretype.flows.completion.candidates import MOST, TEMPERATURE, Others, distinct
from foretype.flows.completion.first_writer import first_writer
from foretype.flows.completion.gate import silence
from foretype.flows.completion.memory import Memory
from foretype.flows.completion.offers import Offer, Offers
from foretype.flows.completion.pace import Pace
from foretype.flows.completion.regrets import Regrets
from foretype.flows.completion.run import Run, typed_between
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order, Writer
from foretype.postprocess import clean
from foretype.postprocess.suggestion import Suggestion
from foretype.stream.cursor import Cursor, cursor_at
from foretype.stream.filters import Deltas
from foretype.stream.mode import wants_many_lines
from foretype.stream.structure import Structure, unknown
from foretype.stream.syntax import is_prose

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
    structure: Structure = unknown


class Completion:
    """Owns the completions that run, one for each document, and those that are remembered."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._memory = Memory()
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._regrets = Regrets()
        self._varied: Situation | None = None
        self._ahead = Ahead(self._begin_ahead)
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
        return self.offers.make(situation, suggestions) if self._around.is_current(situation.document) else ()

    def accepted(self, id: str) -> None:
        """The user takes a suggestion: the text it makes is the next to be asked about."""
        if (made := self.offers.accepted(id)) is not None:
            self._regrets.decided(made[1])
            self._ahead.accepted(*made)

    def rejected(self, id: str) -> None:
        if (made := self.offers.rejected(id)) is not None:
            self._regrets.decided(made[1])

    def follow(self, event: Event) -> None:
        """A document has changed, or is gone."""
        if event.kind is Kind.EDITED:
            self.pace.key_pressed()
        self._ahead.follow(event)

    async def _suggestions(self, situation: Situation) -> tuple[Suggestion, ...]:
        settings = self._around.settings()
        run = self._joined(situation)
        if self._is_silent(situation, settings):
            return ()
        known = self._memory.recall(situation)
        if known is not None:
            return await self._with_others(situation, settings, known) if situation.is_invoked else known
        is_joined, run = run is not None, run or self._start(situation, settings)
        await run.head_start()
        instant = None if self._memory.recall(situation) else self._instant(situation, settings)
        if instant is not None:
            self.answered_by = INSTANT
            self._memory.remember(situation, (instant,))
            self._in_background(run.read())
        elif not await self._is_written(run):
            return ()
        known = self._memory.recall(situation)
        if known is None and is_joined and self._around.is_current(situation.document):
            # What was being written turned out not to be what was typed meanwhile.
            return await self._suggestions(situation)
        return known or ()

    def _is_silent(self, situation: Situation, settings: Settings) -> bool:
        around = self._around
        reason = silence(situation, settings.complete, around.is_secret, self._regrets.are_fresh)
        if reason is not None:
            logger.debug("silent: %s", reason.value)
        return reason is not None

    def _begin_ahead(self, situation: Situation) -> Run | None:
        """A request that nobody waits for yet, unless its answer is known or on its way."""
        settings = self._around.settings()
        running = self._runs.get(situation.document.key)
        if running is not None and typed_between(running.order.situation, situation) is not None:
            return None
        is_of_use = self._around.writers() and not self._is_silent(situation, settings)
        if not is_of_use or self._memory.recall(situation) is not None:
            return None
        if running is not None:
            running.give_up()
        run = self._start(situation, settings, is_ahead=True)
        self._in_background(run.read())
        return run

    async def _is_written(self, run: Run) -> bool:
        """Wait for a run, asked by hand with others beside it; False where a newer request took over."""
        if not run.order.situation.is_invoked:
            return await run.read() is not None
        others = Others(lambda: self._other(run.order))
        self._varied = run.order.situation
        is_read = await others.beside(run)
        self._remember_others(run.order, others)
        return is_read

    async def _with_others(
        self, situation: Situation, settings: Settings, known: tuple[Suggestion, ...]
    ) -> tuple[Suggestion, ...]:
        """Who asks by hand where something is known wants to see more than that; asked for once."""
        if not self._around.writers() or (
            self._varied and typed_between(self._varied, situation) is not None
        ):
            return known
        self._varied = situation
        order = self._order(situation, settings)
        others = Others(lambda: self._other(order))
        others.start(max(0, MOST - len(known)))
        await others.wait(order.deadline_s)
        self._remember_others(order, others)
        return self._memory.recall(situation) or known

    def _other(self, order: Order) -> Run:
        run = Run(replace(order, temperature=TEMPERATURE), 0.0, self._write, lambda run: None)
        self._keep(run.task)
        return run

    def _remember_others(self, order: Order, others: Others) -> None:
        known = self._memory.recall(order.situation) or ()
        more = [suggestion for text in others.texts for suggestion in suggestions_of(text, order.cursor)]
        if more:
            self._memory.remember(order.situation, distinct((*known, *more)))

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

    def forget_silence(self) -> None:
        """Forget where nothing was suggested: more is known now."""
        self._memory.forget_silence()

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

    def _order(self, situation: Situation, settings: Settings, *, is_ahead: bool = False) -> Order:
        cursor = cursor_of(situation, settings, self._around.structure)
        cursor = one_block_more(cursor, settings) if is_ahead else cursor
        complete = settings.complete
        return Order(situation, cursor, complete.max_tokens, complete.deadline_ms / 1000)

    def _start(self, situation: Situation, settings: Settings, *, is_ahead: bool = False) -> Run:
        order = self._order(situation, settings, is_ahead=is_ahead)
        pause_s = 0.0 if is_ahead else self._pause_s(situation, settings)
        run = Run(order, pause_s, self._write, self._learn)
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
        """The first writer that can; what it wrote before it failed may still be of use."""
        around = self._around
        try:
            text = first_writer(around.writers(), order, around.report, self._is_answered_by)
            async with aclosing(text) as pieces:
                async for piece in pieces:
                    yield piece
        except BackendError as failure:
            raise CutOff from failure

    def _is_answered_by(self, name: str) -> None:
        self.answered_by = name


def cursor_of(situation: Situation, settings: Settings, structure: Structure = unknown) -> Cursor:
    """The cursor as the stages and cleaners see it, with the choice between one line and many made."""
    document, place = situation.document, situation.place
    first = max(0, place.line - LINES_AROUND)
    lines = [line.rstrip("\r\n") for line in document.text.lines(first, place.line + LINES_AROUND)]
    cursor = cursor_at(lines, place.line - first, place.column, document.language_id, document.eol)
    wanted = settings.complete.multiline
    return replace(cursor, multiline=wants_many_lines(cursor, structure) if wanted is None else wanted)


def one_block_more(cursor: Cursor, settings: Settings) -> Cursor:
    """Behind an accepted suggestion that ends its line, what follows up to the next blank line is welcome."""
    is_line_over = cursor.before.strip() and not cursor.after.strip() and not cursor.in_words
    if settings.complete.multiline is False or is_prose(cursor.language) or not is_line_over:
        return cursor
    return replace(cursor, multiline=True, goes_on=True)


def suggestions_of(text: str, cursor: Cursor) -> tuple[Suggestion, ...]:
    suggestion = clean(text, cursor)
    return () if suggestion is None else (suggestion,)
