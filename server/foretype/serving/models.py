"""Which model answers whom: the user's chains, or one of their models by name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from foretype.backends.activity import Happened
from foretype.backends.delta import Delta
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.live import LiveSettings
from foretype.config.parser_apart import ParserApart
from foretype.config.resolve import Resolved
from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.text import Text
from foretype.errors import BackendError, NoModelError
from foretype.flows.access import uses_router
from foretype.flows.checks import Checks
from foretype.flows.completion.chain import writers_of
from foretype.flows.completion.first_writer import first_writer
from foretype.flows.completion.flow import cursor_of
from foretype.flows.completion.situation import Situation, Trigger
from foretype.flows.completion.writer import CutOff, Order, Writer
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Answerer, Question
from foretype.flows.model_access import ModelAccess, Owner, nothing
from foretype.flows.recovery import model_subjects
from foretype.log.start import Log
from foretype.postprocess import clean
from foretype.serving.http import Refused
from foretype.serving.wishes import CHAT_TOKENS, Fill, Talk
from foretype.stream.filters import COMPLETE

logger = logging.getLogger(__name__)

CHAIN = "foretype"
Texts = AsyncGenerator[str, None]
T = TypeVar("T")


class Models:
    """The way to every model that the user's config.toml names; opened and closed with the server."""

    def __init__(self, environment: Environment, folders: Folders, log: Log) -> None:
        self.settings = LiveSettings(environment, folders, ParserApart())
        self.upstream = Upstream()
        self._log = log
        owner = Owner(settings=lambda: self.settings.now, know=log.redactor.know, tell=tell, report=report)
        self._reach = ModelAccess(environment, folders, self.upstream, owner)
        self._access = self._reach.access
        self._tasks: set[asyncio.Task[Any]] = set()
        self._checks = Checks(lambda: model_subjects(self._reach.registry(), nothing), self._keep_going)
        self.upstream.activity.observe(self._heed)

    async def start(self) -> None:
        self._reach.history.start()
        self.settings.observe(self._settings_changed)
        await self.settings.start(None)
        self._keep(asyncio.ensure_future(self.settings.follow_file()))

    async def close(self) -> None:
        self._checks.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.settings.close()
        await self._reach.close()
        await self.upstream.aclose()

    def names(self) -> tuple[str, ...]:
        """Every model that a request may name, the whole chain first."""
        models = self.settings.now.models
        return tuple(dict.fromkeys((CHAIN, *models.complete, *models.chat, *models.edit)))

    async def fill(self, wish: Fill) -> Texts:
        """What the first model that can writes into a hole, stopped where an editor would stop it."""
        self._checks.stir()
        settings = self.settings.now
        order = order_for(wish, settings)
        writers = self._writers(wish.manner.model, settings)
        if not writers:
            raise NoModelError("No model is set for completion: name one in `models.complete`.")
        try:
            async with aclosing(first_writer(writers, order, report)) as pieces:
                async for piece in pieces:
                    if piece != COMPLETE:
                        yield piece
        except CutOff:
            return

    def cleaned(self, wish: Fill, text: str) -> str:
        """A whole text as an editor would show it; one that it would not show is empty.

        What would take the place of characters behind the hole ends before them, as a client cannot know.
        """
        cursor = order_for(wish, self.settings.now).cursor
        shown = clean(text, cursor)
        if shown is None:
            return ""
        covered = cursor.after[: shown.replace_after]
        return shown.text.removesuffix(covered) if shown.text.endswith(covered) else text

    async def answer(self, wish: Talk) -> AsyncGenerator[Delta, None]:
        self._checks.stir()
        manner = wish.manner
        question = Question(
            wish.messages, manner.max_tokens or CHAT_TOKENS, manner.temperature, tools=wish.tools
        )
        conversing = Conversing(lambda role: self._answerers(manner.model), report)
        async with aclosing(conversing.ask("chat", question)) as pieces:
            async for piece in pieces:
                yield piece.delta

    def _writers(self, name: str, settings: Settings) -> Sequence[Writer]:
        writers = writers_of(settings, self._access)
        return (
            writers if name in ("", CHAIN) else known([each for each in writers if each.name == name], name)
        )

    def _answerers(self, name: str) -> Sequence[Answerer]:
        settings = self.settings.now
        if name in ("", CHAIN):
            return answerers_of(settings, "chat", self._access)
        named = (*answerers_of(settings, "chat", self._access), *answerers_of(settings, "edit", self._access))
        return known([each for each in named if each.name == name][:1], name)

    def _settings_changed(self, resolved: Resolved) -> None:
        settings = resolved.settings
        for key in settings.secrets():
            self._log.redactor.know(key)
        self._reach.try_again()
        if uses_router(settings):
            self._keep(asyncio.ensure_future(self._reach.token.search(settings.token)))

    def _heed(self, happened: Happened) -> None:
        if happened.error is not None:
            self._checks.heed()

    def _keep_going(self, work: Coroutine[Any, Any, None]) -> None:
        self._keep(asyncio.ensure_future(work))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def known(found: Sequence[T], name: str) -> Sequence[T]:
    if not found:
        sentence = (
            f"There is no model {name[:100]!r} for this in your config.toml: GET /v1/models lists them."
        )
        raise Refused(404, sentence, "model_not_found")
    return found


def order_for(wish: Fill, settings: Settings) -> Order:
    """A document that is nowhere, with the cursor in its hole."""
    text = Text.of(wish.prefix + wish.suffix)
    document = Document("untitled:serve", "untitled:serve", "", None, text, Encoding.UTF_32)
    situation = Situation(document, Text.of(wish.prefix).end, Trigger.INVOKED)
    return Order(
        situation,
        cursor_of(situation, settings),
        min(wish.manner.max_tokens or settings.complete.max_tokens, settings.complete.max_tokens),
        settings.complete.deadline_ms / 1000,
        wish.manner.temperature or 0.0,
    )


def tell(sentence: str) -> None:
    logger.warning("%s", sentence)


def report(problem: BackendError) -> None:
    logger.info("no answer: %s", problem)
