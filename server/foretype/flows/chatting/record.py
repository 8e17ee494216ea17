"""The conversations of this server: in memory as long as they go on, on disk as far as the disk allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from foretype.errors import NoConversationError, StorageError
from foretype.flows.chatting.store import Store
from foretype.flows.chatting.turns import Conversation, Listed, Turn

logger = logging.getLogger(__name__)

REMEMBERED = 50
NO_DISK = "there is no folder for them"

Answer = TypeVar("Answer")


class Record:
    """Reads and writes in threads. A disk that fails costs nothing on the screen: it is said, once."""

    def __init__(self, store: Store | None, tell: Callable[[str], None]) -> None:
        self._store = store
        self._tell = tell
        self._remembered: dict[str, Conversation] = {}

    def begin(self, id: str | None = None) -> Conversation:
        """A new conversation; it is written with its first turn."""
        return self._remember(Conversation(id or uuid4().hex[:12]))

    async def has(self, conversation: Conversation) -> bool:
        """Whether it is on disk already."""
        return await self._tried(lambda store: store.read(conversation.id)) is not None

    async def read(self, id: str) -> Conversation:
        """A conversation with what other servers have added to it, and with what the disk would not take."""
        stored = await self._tried(lambda store: store.read(id))
        remembered = self._remembered.get(id)
        found = both(stored, remembered) if stored and remembered else stored or remembered
        if found is None:
            raise NoConversationError(
                f"There is no conversation {id[:40]!r}: list them to see what there is."
            )
        return self._remember(found)

    async def put(self, conversation: Conversation, turn: Turn) -> tuple[Conversation, Turn]:
        """Keep a turn, new or grown; what comes back is the conversation with it."""
        kept = await self._tried(lambda store: store.put(conversation, turn))
        if kept is None:
            kept = turn if turn.number else replace(turn, number=conversation.last_number + 1)
        others = tuple(each for each in conversation.turns if each.number != kept.number)
        turns = tuple(sorted((*others, kept), key=lambda each: each.number))
        return self._remember(replace(conversation, turns=turns)), kept

    async def rename(self, conversation: Conversation, title: str) -> Conversation:
        await self._tried(lambda store: store.rename(conversation.id, title))
        return self._remember(replace(conversation, title=title))

    async def choose_model(self, conversation: Conversation, model: str) -> Conversation:
        await self._tried(lambda store: store.choose_model(conversation.id, model))
        return self._remember(replace(conversation, model=model))

    async def sum_up(self, conversation: Conversation, summary: str, up_to: int) -> Conversation:
        await self._tried(lambda store: store.sum_up(conversation.id, summary, up_to))
        return self._remember(replace(conversation, summary=summary, summed_up=up_to))

    async def list(self, words: str = "") -> list[Listed]:
        return await self._surely(lambda store: store.list(words))

    async def delete(self, id: str) -> None:
        self._remembered.pop(id, None)
        await self._surely(lambda store: store.delete(id))

    async def _tried(self, work: Callable[[Store], Answer]) -> Answer | None:
        try:
            return await self._surely(work)
        except StorageError as problem:
            self._tell(f"Conversations are not kept at the moment: {problem}.")
            return None

    async def _surely(self, work: Callable[[Store], Answer]) -> Answer:
        if self._store is None:
            raise StorageError(NO_DISK)
        return await asyncio.to_thread(work, self._store)

    def _remember(self, conversation: Conversation) -> Conversation:
        self._remembered.pop(conversation.id, None)
        self._remembered[conversation.id] = conversation
        while len(self._remembered) > REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return conversation


def both(stored: Conversation, remembered: Conversation) -> Conversation:
    on_disk = {turn.number for turn in stored.turns}
    lost = (turn for turn in remembered.turns if turn.number not in on_disk)
    turns = sorted((*stored.turns, *lost), key=lambda turn: turn.number)
    return replace(stored, turns=tuple(turns))
