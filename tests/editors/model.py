"""What a model server on loopback does to a request: scripts for the upstream."""

from __future__ import annotations

import asyncio
from itertools import count, cycle

from editors.patience import PATIENCE_S

from contract.spoken import SPOKEN, Spoken
from contract.upstream import Script, Upstream, Visit

CHAT: Spoken = next(spoken for spoken in SPOKEN if spoken.name == "openai-chat")
TEXT: Spoken = next(spoken for spoken in SPOKEN if spoken.name == "openai-text")
PACE_S = 0.2
MIDDLE = "<|fim_middle|>"
BEFORE, AFTER = "<|fim_prefix|>", "<|fim_suffix|>"


def writes(text: str) -> Script:
    """Answers with this text."""

    async def script(visit: Visit) -> None:
        await TEXT.tell(visit, text)

    return script


def says(text: str, word: str = "stop") -> Script:
    """Answers a conversation with this text, and says by a word why it ends there."""

    async def script(visit: Visit) -> None:
        await CHAT.tell(visit, text, word=word)

    return script


def says_slowly(*texts: str, go_on: asyncio.Event) -> Script:
    """Begins to answer, and goes on when the event is set; it ends when it is hung up on."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text(texts[0]))
        going = asyncio.ensure_future(go_on.wait())
        leaving = asyncio.ensure_future(visit.until_gone())
        await asyncio.wait((going, leaving), return_when=asyncio.FIRST_COMPLETED)
        has_left = leaving.done()
        for task in (going, leaving):
            task.cancel()
        await asyncio.wait((going, leaving))
        if has_left:
            return
        for text in texts[1:]:
            await visit.say(CHAT.text(text))
        await visit.say(CHAT.end())
        await visit.end()

    return script


def begins_saying(text: str) -> Script:
    """Begins an answer of a conversation, and goes on until it is hung up on."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text(text))
        await visit.until_gone()

    return script


def begins(text: str) -> Script:
    """Writes this much, and goes on until it is hung up on."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=TEXT.content_type)
        if text:
            await visit.say(TEXT.text(text))
        await visit.until_gone()

    return script


def goes_on_writing(text: str) -> Script:
    """Writes this and then numbers, one after the other, until it is hung up on."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=TEXT.content_type)
        await visit.say(TEXT.text(text))
        leaving = asyncio.ensure_future(visit.until_gone())
        for number in count():
            if (await asyncio.wait((leaving,), timeout=PACE_S))[0]:
                break
            await visit.say(TEXT.text(f"{number}, "))

    return script


def knows(line: str) -> Script:
    """Wherever the cursor is in this line, answers with what is left of it; it knows nothing else."""

    async def script(visit: Visit) -> None:
        typed = before_the_cursor(visit).rpartition("\n")[2]
        await TEXT.tell(visit, line.removeprefix(typed) if typed and line.startswith(typed) else "")

    return script


def knows_ways(likeliest: str, *others: str) -> Script:
    """Knows one line as `knows` does, and others where it is asked for less likely ones."""
    in_turn = cycle(others)

    async def script(visit: Visit) -> None:
        line = next(in_turn) if visit.heard.body.get("temperature") else likeliest
        await knows(line)(visit)

    return script


def before_the_cursor(visit: Visit) -> str:
    prompt: str = visit.heard.body["prompt"]
    return prompt.partition(BEFORE)[2].partition(AFTER)[0]


async def asked(upstream: Upstream, times: int = 1) -> Visit:
    """The visit of this number, once it has come."""
    await asyncio.wait_for(upstream.heard_requests(times), PATIENCE_S)
    return upstream.visits[times - 1]
