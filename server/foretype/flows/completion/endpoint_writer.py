"""A model at an endpoint, writing at a cursor."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from foretype.backends.dialects.shape import Dialect
from foretype.backends.dialects.table import DIALECTS
from foretype.backends.endpoint import Endpoint
from foretype.backends.request import Request
from foretype.backends.upstream import Streams
from foretype.documents.text import Place
from foretype.documents.uri import file_path
from foretype.flows.completion.asking import MOST_STOPS, halved_once, text_of
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import Order
from foretype.prompt.asked import ChatPrompt, HolePrompt, Prompt
from foretype.prompt.budget import within
from foretype.prompt.chat_hole import chat_for
from foretype.prompt.families import family_of
from foretype.prompt.hole import Hole, rendered
from foretype.prompt.special_tokens import CHAT_CONTROL, TokenInCode, guarded
from foretype.stream.filters import Deltas

STEP_LINES = 32
LINES_BEFORE = 16 * STEP_LINES
LINES_AFTER = 8 * STEP_LINES


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
        hole = guarded(self._control(), within(hole_at(order.situation), prompt_tokens))
        if isinstance(hole, TokenInCode):
            return
        request = self._request(hole, order)
        async with aclosing(text_of(self.upstream, self.endpoint, request, order)) as pieces:
            async for piece in pieces:
                yield piece

    def _control(self) -> tuple[str, ...]:
        family = family_of(self.model)
        return family.control if family else CHAT_CONTROL

    def _request(self, hole: Hole, order: Order) -> Request:
        family = family_of(self.model)
        prompt = prompt_for(DIALECTS[self.endpoint.dialect], self.model, hole)
        # In a conversation the first line may be a fence or a blank one; the stream stages end the line.
        is_line = not order.cursor.multiline and not isinstance(prompt, ChatPrompt)
        stops = (*(("\n",) if is_line else ()), *(family.stops if family else ()))[:MOST_STOPS]
        return Request(self.model, prompt, order.max_tokens, stops, order.temperature)


def prompt_for(dialect: Dialect, model: str, hole: Hole) -> Prompt:
    """The hole as this server is best asked: by its own template, else by the family's, else in words."""
    family = family_of(model)
    if dialect.hole is not None and (dialect.raw is None or family is None or dialect.knows_templates):
        return HolePrompt(hole.prefix, hole.suffix, hole.chunks)
    if dialect.raw is not None and family is not None:
        return rendered(family, hole)
    return chat_for(hole)


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
