"""A model behind Hugging Face's router, writing at a cursor in the way that was found to work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.backends.ladder import Attempt, Rung, endpoint_of
from foretype.backends.upstream import Streams
from foretype.errors import FillUnsupportedError, ModelNotServedError, NotReadyError
from foretype.flows.completion.asking import halved_once, hole_at, request_for, text_of
from foretype.flows.completion.router_models import Reach, RouterModels
from foretype.flows.completion.writer import Order
from foretype.prompt.budget import within
from foretype.prompt.chat_hole import continued
from foretype.stream.filters import Deltas


@dataclass(frozen=True)
class RouterWriter:
    """One model of the router; `reach` waits for the token, and gives None where there is none."""

    name: str
    model: str
    prompt_tokens: int
    reach: Callable[[], Awaitable[Reach | None]]
    models: RouterModels
    upstream: Streams

    async def write(self, order: Order) -> Deltas:
        """The model's text; where nobody knows yet how to ask it, the next model's turn has come."""
        reach = await self.reach()
        if reach is None:
            raise self._not_ready("there is no token")
        patience_s = order.deadline_s if order.situation.is_invoked else 0.0
        standing = await self.models.standing(reach, self.model, self.upstream, patience_s)
        if standing is None or not standing.can_fill:
            raise self._not_ready("it cannot fill" if standing else "it is not known yet how to ask it")
        try:
            text = partial(self._text, order, reach, standing.attempt)
            async with aclosing(halved_once(text, self.prompt_tokens)) as pieces:
                async for piece in pieces:
                    yield piece
        except (ModelNotServedError, FillUnsupportedError):
            await self.models.forget(reach.router.origin, self.model)
            raise

    def _not_ready(self, reason: str) -> NotReadyError:
        sentence = sentence_for(NotReadyError, HUGGING_FACE, self.model, None, reason)
        return NotReadyError(sentence, endpoint=HUGGING_FACE, model=self.model)

    async def _text(self, order: Order, reach: Reach, attempt: Attempt, prompt_tokens: int) -> Deltas:
        hole = within(hole_at(order.situation), prompt_tokens)
        request = request_for(attempt.rung, self.model, hole, order)
        if request is None:
            return
        effort = None if attempt.rung is Rung.TEXT else "none"
        request = replace(request, model=attempt.model, reasoning_effort=effort)
        endpoint = endpoint_of(attempt, reach.router)
        pieces = text_of(self.upstream, endpoint, request, order)
        if attempt.rung is Rung.BEGUN_CHAT:
            pieces = going_on(hole.prefix, pieces)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece


async def going_on(prefix: str, pieces: AsyncGenerator[str, None]) -> Deltas:
    """A begun answer's text without the blanks that stand before the cursor already."""
    blanks = prefix[len(prefix.rstrip()) :]
    held: str | None = ""
    async with aclosing(pieces):
        async for piece in pieces:
            if held is None:
                yield piece
                continue
            held += piece
            if blanks.startswith(held):
                continue
            if rest := continued(prefix, held):
                yield rest
            held = None
