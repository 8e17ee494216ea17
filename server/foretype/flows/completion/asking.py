"""What every model's writer does: ask about the hole at a cursor, hand on the text of the answer, and try a
shorter prompt once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Finish
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Rung, prompt_on, stops_on
from foretype.backends.request import Request
from foretype.backends.upstream import Streams
from foretype.documents.text import Place
from foretype.documents.uri import file_path
from foretype.errors import ContextTooLongError
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import TokenInCode
from foretype.stream.filters import COMPLETE, Deltas

STEP_LINES = 32
LINES_BEFORE = 16 * STEP_LINES
LINES_AFTER = 8 * STEP_LINES
MOST_STOPS = 4


def hole_at(situation: Situation) -> Hole:
    """The text around the cursor, from a line whose number is a multiple of a step, so that it stays put."""
    document, place = situation.document, situation.place
    first = max(0, (place.line - LINES_BEFORE) // STEP_LINES * STEP_LINES)
    path = file_path(document.uri)
    return Hole(
        prefix=document.text.between(Place(first, 0), place),
        suffix=document.text.between(place, min(Place(place.line + LINES_AFTER, 0), document.text.end)),
        path=path.name if path else "untitled",
        language=document.language_id,
    )


def request_for(rung: Rung, model: str, hole: Hole, order: Order) -> Request | None:
    """The hole as the rung asks about it; None where it holds a word that must not be sent."""
    prompt = prompt_on(rung, model, hole)
    if isinstance(prompt, TokenInCode):
        return None
    # In a conversation the first line may be a fence or a blank one; the stream stages end the line.
    is_line = not order.cursor.multiline and not rung.is_in_words
    stops = (*(("\n",) if is_line else ()), *stops_on(rung, model))[:MOST_STOPS]
    return Request(model, prompt, order.max_tokens, stops, order.temperature)


async def text_of(upstream: Streams, endpoint: Endpoint, request: Request, order: Order) -> Deltas:
    """The text of an answer, up to where it is complete and on to the answer's end.

    One that the server ended too early raises CutOff after what it brought.
    """
    deadlines = Deadlines(first_byte_s=order.first_word_s or order.deadline_s, total_s=order.deadline_s)
    async with aclosing(upstream.stream(endpoint, request, deadlines)) as deltas:
        async for delta in deltas:
            if delta.text:
                yield delta.text
            if delta.finish in (Finish.LENGTH, Finish.FILTERED):
                raise CutOff
            if delta.finish:
                yield COMPLETE


async def halved_once(write: Callable[[int], Deltas], prompt_tokens: int) -> Deltas:
    """What is written for so long a prompt, or for one half as long where that is too long for the model."""
    try:
        async with aclosing(write(prompt_tokens)) as pieces:
            async for piece in pieces:
                yield piece
    except ContextTooLongError:
        async with aclosing(write(prompt_tokens // 2)) as pieces:
            async for piece in pieces:
                yield piece
