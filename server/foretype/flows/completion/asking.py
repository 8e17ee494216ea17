"""What every model's writer does: hand on the text of one request, and try a shorter prompt once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Finish
from foretype.backends.endpoint import Endpoint
from foretype.backends.request import Request
from foretype.backends.upstream import Streams
from foretype.errors import ContextTooLongError
from foretype.flows.completion.writer import CutOff, Order
from foretype.stream.filters import COMPLETE, Deltas

MOST_STOPS = 4


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
