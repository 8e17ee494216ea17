"""A model file on this machine, writing at a cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.delta import Finish
from foretype.backends.file_models import Counted, RunsFiles, uncounted
from foretype.backends.request import Filling, Request
from foretype.flows.completion.asking import hole_at
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order
from foretype.prompt.asked import HolePrompt
from foretype.prompt.budget import within
from foretype.stream.filters import COMPLETE, Deltas


@dataclass(frozen=True)
class LocalWriter:
    """One model of this machine; `find` gives its file, or says in a sentence why there is none."""

    name: str
    prompt_tokens: int
    find: Callable[[], Awaitable[Path]]
    models: RunsFiles
    counted: Counted = uncounted

    async def warm(self, situation: Situation) -> None:
        """Have the model loaded, and what stands above the line read, before anybody waits for it."""
        await self.models.warm(await self.find(), within(hole_at(situation), self.prompt_tokens))

    async def write(self, order: Order) -> Deltas:
        file = await self.find()
        hole = within(hole_at(order.situation), self.prompt_tokens)
        stops = () if order.cursor.multiline else ("\n",)
        filling = Filling(hole, order.max_tokens, stops, order.temperature)
        answer = self.models.fill(file, filling, order.deadline_s)
        request = Request(file.name, HolePrompt(hole.prefix, hole.suffix, hole.chunks), order.max_tokens)
        async with aclosing(self.counted(answer, request)) as deltas:
            async for delta in deltas:
                if delta.text:
                    yield delta.text
                if delta.finish is Finish.LENGTH:
                    raise CutOff
                if delta.finish:
                    yield COMPLETE
