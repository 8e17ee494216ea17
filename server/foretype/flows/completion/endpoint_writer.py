"""A model at an endpoint, writing at a cursor."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import rung_at
from foretype.backends.upstream import Streams
from foretype.flows.completion.asking import halved_once, hole_at, request_for, text_of
from foretype.flows.completion.writer import Order
from foretype.prompt.budget import within
from foretype.stream.filters import Deltas


@dataclass(frozen=True)
class EndpointWriter:
    """One model of one endpoint; `name` is how the user's settings call it."""

    name: str
    endpoint: Endpoint
    model: str
    prompt_tokens: int
    upstream: Streams

    def write(self, order: Order) -> Deltas:
        """The model's text; a prompt that is too long for it is halved once."""
        return halved_once(partial(self._text, order), self.prompt_tokens)

    async def _text(self, order: Order, prompt_tokens: int) -> Deltas:
        hole = within(hole_at(order.situation), prompt_tokens)
        request = request_for(rung_at(self.endpoint, self.model), self.model, hole, order)
        if request is None:
            return
        async with aclosing(text_of(self.upstream, self.endpoint, request, order)) as pieces:
            async for piece in pieces:
                yield piece
