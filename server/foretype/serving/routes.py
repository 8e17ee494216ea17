"""What is answered under which path."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from foretype.backends.delta import Delta, Finish, Usage
from foretype.flows.chatting.calls import Calls
from foretype.serving.http import Answer, Heard, Refused
from foretype.serving.models import CHAIN, Models
from foretype.serving.replies import WORDS, Reply, models_list
from foretype.serving.stops import stopped_at
from foretype.serving.tools import bodies_of
from foretype.serving.wishes import Fill, Talk, fill_in, talk_in

Route = Callable[[Heard, Answer], Awaitable[None]]
DONE = "[DONE]"


@dataclass
class Heading:
    """What a conversation's answer says beside its text, as it becomes known."""

    finish: Finish = Finish.STOP
    usage: Usage | None = None
    reasoning: str = ""
    calls: Calls = field(default_factory=Calls)

    @property
    def word(self) -> str:
        return "tool_calls" if self.calls.whole() else WORDS.get(self.finish, "stop")


class Routes:
    """The three things that are served."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "/v1/models"): self._list,
            ("POST", "/v1/completions"): self._complete,
            ("POST", "/v1/chat/completions"): self._chat,
        }

    def find(self, heard: Heard) -> Route:
        route = self._routes.get((heard.method, heard.path))
        if route is not None:
            return route
        if any(path == heard.path for _, path in self._routes):
            raise Refused(405, f"{heard.path} is not for {heard.method[:20]}.")
        raise Refused(404, f"There is no {heard.path[:100]}: only {', '.join(p for _, p in self._routes)}.")

    async def _list(self, heard: Heard, answer: Answer) -> None:
        await answer.whole(200, models_list(self._models.names()))

    async def _complete(self, heard: Heard, answer: Answer) -> None:
        wish = fill_in(heard.json())
        reply = Reply(wish.manner.model or CHAIN, "cmpl")
        text = ""
        async with aclosing(self._filled(wish)) as pieces:
            async for piece in pieces:
                text += piece
                if wish.manner.is_streamed:
                    await answer.event(reply.text(piece, None))
        if not wish.manner.is_streamed:
            return await answer.whole(200, reply.text(self._models.cleaned(wish, text), "stop"))
        await answer.event(reply.text("", "stop"))
        await answer.event(DONE)
        return None

    def _filled(self, wish: Fill) -> AsyncGenerator[str, None]:
        filled = self._models.fill(wish)
        return stopped_at(filled, wish.manner.stops) if wish.manner.stops else filled

    async def _chat(self, heard: Heard, answer: Answer) -> None:
        wish = talk_in(heard.json())
        reply, heading = Reply(wish.manner.model or CHAIN, "chatcmpl"), Heading()
        if wish.manner.is_streamed:
            return await self._stream(wish, reply, heading, answer)
        text = ""
        async with aclosing(self._said(wish, heading)) as pieces:
            async for piece in pieces:
                text += piece
        calls = bodies_of(heading.calls.whole())
        said = reply.message(text, heading.reasoning, calls, heading.word, heading.usage)
        return await answer.whole(200, said)

    async def _stream(self, wish: Talk, reply: Reply, heading: Heading, answer: Answer) -> None:
        is_first = True
        async with aclosing(self._said(wish, heading)) as pieces:
            async for piece in pieces:
                first = {"role": "assistant"} if is_first else {}
                is_first = False
                await answer.event(reply.piece({**first, "content": piece}))
        for index, call in enumerate(bodies_of(heading.calls.whole())):
            first = {"role": "assistant"} if is_first else {}
            is_first = False
            await answer.event(reply.piece({**first, "tool_calls": [{"index": index, **call}]}))
        await answer.event(reply.piece({}, heading.word))
        if wish.manner.wants_usage:
            await answer.event(reply.last(heading.usage))
        await answer.event(DONE)

    def _said(self, wish: Talk, heading: Heading) -> AsyncGenerator[str, None]:
        said = texts_of(self._models.answer(wish), heading)
        return stopped_at(said, wish.manner.stops) if wish.manner.stops else said


async def texts_of(source: AsyncGenerator[Delta, None], heading: Heading) -> AsyncGenerator[str, None]:
    async with aclosing(source) as deltas:
        async for delta in deltas:
            heading.finish = delta.finish or heading.finish
            heading.usage = delta.usage or heading.usage
            heading.reasoning += delta.reasoning
            heading.calls.feed(delta.tool_calls)
            if delta.text:
                yield delta.text
