"""The models of a role that answer in words, in the user's order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.backends.deadlines import FOR_CHAT
from foretype.backends.endpoint import Endpoint
from foretype.backends.local import LocalModels
from foretype.backends.providers import for_chat
from foretype.backends.request import Request
from foretype.backends.upstream import Upstream
from foretype.config.settings import Role, Settings
from foretype.errors import BackendError, ModelIdError, NoModelError, NotReadyError
from foretype.flows.access import Access, endpoint_of, ollama_of, reach_of
from foretype.flows.completion.router_models import Reach
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Answerer, Deltas, Question
from foretype.models.ids import Runs, parse_model_id
from foretype.prompt.asked import ChatPrompt

EXAMPLE = "hf:Qwen/Qwen2.5-Coder-32B-Instruct"


@dataclass(frozen=True)
class EndpointAnswerer:
    """One model of one endpoint that the user declared."""

    name: str
    endpoint: Endpoint
    model: str
    upstream: Upstream

    def answer(self, question: Question) -> Deltas:
        return self.upstream.stream(self.endpoint, request_for(self.model, question), FOR_CHAT)


@dataclass(frozen=True)
class RouterAnswerer:
    """One model of Hugging Face's router; `reach` waits for the token, and gives None where there is none."""

    name: str
    model: str
    reach: Callable[[], Awaitable[Reach | None]]
    upstream: Upstream

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
    models: LocalModels

    async def answer(self, question: Question) -> Deltas:
        file = await self.find()
        request = request_for(file.name, question)
        async with aclosing(self.models.stream(file, request, FOR_CHAT.total_s)) as deltas:
            async for delta in deltas:
                yield delta


def request_for(model: str, question: Question) -> Request:
    return Request(
        model=model,
        prompt=ChatPrompt(question.messages),
        max_tokens=question.max_tokens,
        temperature=question.temperature,
        reasoning_effort=question.reasoning_effort,
        tools=question.tools,
    )


def answerers_of(settings: Settings, role: Role, access: Access) -> tuple[Answerer, ...]:
    return tuple(chain(settings, role, access))


def chain(settings: Settings, role: Role, access: Access) -> Iterator[Answerer]:
    for written in settings.models.chain(role):
        try:
            answerer = answerer_for(written, settings, access)
        except ModelIdError:
            continue
        if answerer is not None:
            yield answerer


def answerer_for(written: str, settings: Settings, access: Access) -> Answerer | None:
    """The model that an id means, None where it is of a kind that does not answer in words."""
    model = parse_model_id(written, settings.endpoints)
    if model.runs is Runs.ENDPOINT:
        endpoint = endpoint_of(settings.endpoints[model.endpoint], access.environment)
        return EndpointAnswerer(written, endpoint, model.name, access.upstream)
    if model.runs is Runs.OLLAMA and (ollama := ollama_of(access.environment)):
        return EndpointAnswerer(written, ollama, model.name, access.upstream)
    if model.runs is Runs.ROUTER:
        return RouterAnswerer(str(model), model.routed, partial(reach_of, settings, access), access.upstream)
    if model.runs is Runs.LOCAL:
        return LocalAnswerer(str(model), partial(access.local_files.path_of, model.name), access.local_models)
    return None


def only(
    written: str,
    settings: Callable[[], Settings],
    access: Access,
    report: Callable[[BackendError], None],
) -> Conversing:
    """Asking one model by its id, and no other in its place."""
    answerer = answerer_for(written, settings(), access)
    if answerer is None:
        raise NoModelError(f"{written} does not answer in words: name a model such as {EXAMPLE}.")
    return Conversing(lambda role: (answerer,), report)
