"""What has arrived of an answer, kept while more of it comes: a killed server loses a second of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from foretype.flows.chatting.draft import Draft
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.turns import Conversation

SAVE_EVERY_S = 1.0


@asynccontextmanager
async def kept_meanwhile(record: Record, conversation: Conversation, draft: Draft) -> AsyncIterator[None]:
    """Keep the draft while the body runs: its first words at once, then what is new each second."""
    over = asyncio.Event()
    keeping = asyncio.ensure_future(keep(record, conversation, draft, over))
    try:
        yield
    finally:
        over.set()
        draft.grown.set()
        # A turn that is being written has its number before anybody writes it again.
        await asyncio.shield(keeping)


async def keep(record: Record, conversation: Conversation, draft: Draft, over: asyncio.Event) -> None:
    while True:
        await draft.grown.wait()
        draft.grown.clear()
        if over.is_set():
            return
        _, kept = await record.put(conversation, replace(draft.turn, finish="broken"))
        draft.turn = replace(draft.turn, number=kept.number)
        ending = asyncio.ensure_future(over.wait())
        await asyncio.wait((ending,), timeout=SAVE_EVERY_S)
        ending.cancel()
