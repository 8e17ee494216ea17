"""Models that answer in words: at an endpoint, behind Hugging Face's router, or in a file on this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.backends.deadlines import FOR_CHAT
from foretype.backends.delta import Delta
from foretype.backends.endpoint import Endpoint
from foretype.backends.file_models import Counted, RunsFiles, uncounted
from foretype.backends.providers import for_chat
from foretype.backends.request import Request
from foretype.backends.upstream import Streams
from foretype.errors import ContextTooLongError, NotReadyError
from foretype.flows.completion.router_models import Reach
from foretype.flows.conversing.fitting import cost_of, shortened
from foretype.flows.conversing.question import Deltas, Question
from foretype.prompt.asked import ChatPrompt


@dataclass(frozen=True)
class EndpointAnswerer:
    """One model of one endpoint that the user declared."""

    name: str
    endpoint: Endpoint
    model: str
    upstream: Streams

    def answer(self, question: Question) -> Deltas:
        return self.upstream.stream(self.endpoint, request_for(self.model, question), FOR_CHAT)


@dataclass(frozen=True)
class RouterAnswerer:
    """One model of Hugging Face's router; `reach` waits for the token, and gives None where there is none."""

    name: str
    model: str
    reach: Callable[[], Awaitable[Reach | None]]
    upstream: Streams

    async def answer(self, question: Question) -> Deltas:
        reach = await self.reach()
        if reach is None:
            sentence = sentence_for(NotReadyError, HUGGING_FACE, self.model, None, "there is no token")
            raise NotReadyError(sentence, endpoint=HUGGING_FACE, model=self.model)
        request = request_for(self.model, question)
        async with aclosing(self.upstream.stream(for_chat(reach.router), request, FOR_CHAT)) as deltas:
            async for delta in deltas:
                yield delta


@dataclass(frozen=True)
class LocalAnswerer:
    """One model file on this machine; `find` gives the file, or says in a sentence why there is none."""

    name: str
    find: Callable[[], Awaitable[Path]]
    models: RunsFiles
    counted: Counted = uncounted

    async def answer(self, question: Question) -> Deltas:
        """The answer; a text whose tokens are more than was reckoned is cut once more, to half of it."""
        file = await self.find()
        try:
            async with aclosing(self._asked(file, question)) as deltas:
                async for delta in deltas:
                    yield delta
            return
        except ContextTooLongError:  # the engine says so before the first word
            messages, cut = shortened(question.messages, cost_of(question.messages) // 2)
            if not cut:
                raise
        yield Delta(note=f"It was still too long for {self.name}: {' and '.join(cut)}.")
        async with aclosing(self._asked(file, replace(question, messages=messages))) as deltas:
            async for delta in deltas:
                yield delta

    def _asked(self, file: Path, question: Question) -> Deltas:
        request = request_for(file.name, question)
        return self.counted(self.models.stream(file, request, FOR_CHAT.total_s), request)


def request_for(model: str, question: Question) -> Request:
    return Request(
        model=model,
        prompt=ChatPrompt(question.messages),
        max_tokens=question.max_tokens,
        temperature=question.temperature,
        reasoning_effort=question.reasoning_effort,
        tools=question.tools,
    )
