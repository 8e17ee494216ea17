"""A server that the user declared, or Ollama where it always is, as a source of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from foretype.backends.breaker import CircuitReport
from foretype.backends.endpoint import Endpoint
from foretype.backends.pages import Page, PageError, content_of, page
from foretype.backends.upstream import route_of
from foretype.config.settings import Role, Settings
from foretype.flows.access import Access
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.model_answerers import EndpointAnswerer
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.capabilities import capabilities_of
from foretype.flows.providers.health import Pulse
from foretype.flows.providers.metered import Metered, Metering
from foretype.flows.providers.provider import Listing, Row
from foretype.flows.providers.router import roles_by_name
from foretype.keys.origin import is_loopback, parse_origin
from foretype.models.catalogue import catalogue
from foretype.models.ids import ModelId, Runs
from foretype.models.remote_cache import RemoteList
from foretype.prompt.asked import ChatPrompt
from foretype.prompt.budget import prompt_tokens_for

PATIENCE_S = 2.0
MOST_BYTES = 1 << 20
MEGABYTE = 1_000_000

Found = tuple[str, int | None]


@dataclass(frozen=True)
class EndpointProvider:
    """`runs` is how ids name it: by the user's own word for it, or as Ollama."""

    settings: Settings
    access: Access
    endpoint: Endpoint
    runs: Runs = Runs.ENDPOINT

    @property
    def name(self) -> str:
        return self.endpoint.name

    async def list(self) -> Listing:
        """The models that the server names. It is asked each time: it is near, and the answer is short."""
        path = list_path(self.endpoint)
        try:
            answer = await page(self.access.upstream.connections, self.endpoint, path, PATIENCE_S, MOST_BYTES)
            found = models_in(content_of(answer))
        except PageError as problem:
            if self.runs is Runs.OLLAMA:  # nobody said that it runs
                return Listing()
            return Listing(problems=(f"{self.name} does not say which models it has: {problem}.",))
        return Listing(tuple(self.resolve(self._id(name), size) for name, size in found))

    def check(self, model: ModelId, role: Role) -> str:
        trouble = self.trouble(model, role)
        return trouble.reason if trouble else ""

    def trouble(self, model: ModelId, role: Role) -> CircuitReport | None:
        """A route that only completions take says nothing of conversations."""
        troubles = self.access.upstream.breaker.troubles(self.endpoint.origin, model.name)
        talks = role != "complete"
        return next((t for t in troubles if not talks or t.place.route in ("", self._talk_route)), None)

    async def is_back(self, model: ModelId) -> bool:
        """Its list is short, and asked for nothing else."""
        try:
            answer = await page(
                self.access.upstream.connections,
                self.endpoint,
                list_path(self.endpoint),
                PATIENCE_S,
                MOST_BYTES,
            )
        except PageError:
            return False
        return is_at_work(answer)

    def resolve(self, model: ModelId, size_bytes: int | None = None) -> Row:
        entry, can = catalogue().find(model.name), capabilities_of(model, RemoteList())
        latencies = [pulse.first_word_s for pulse in self.health(model) if pulse.first_word_s]
        return Row(
            id=str(model),
            title=entry.title if entry else model.name,
            provider=self.name,
            roles=entry.roles if entry else roles_by_name(model.name),
            context_tokens=can.context_tokens,
            latency_s=latencies[0] if latencies else None,
            size_mb=size_bytes // MEGABYTE if size_bytes else None,
            is_here=is_loopback(parse_origin(self.endpoint.origin)),
            has_tools=bool(can.has_tools),
            has_vision=bool(can.has_vision),
            note=entry.note if entry else "",
        )

    def health(self, model: ModelId) -> tuple[Pulse, ...]:
        return self.access.knowledge.health.of(str(model))

    def writer(self, model: ModelId) -> Writer:
        context = capabilities_of(model, RemoteList()).context_tokens
        most = prompt_tokens_for(context, self.settings.complete.max_tokens)
        return EndpointWriter(str(model), self.endpoint, model.name, most, self._metered(model, "complete"))

    def answerer(self, model: ModelId, role: Role) -> Answerer:
        return EndpointAnswerer(str(model), self.endpoint, model.name, self._metered(model, role))

    @property
    def _talk_route(self) -> str:
        return route_of(self.endpoint, ChatPrompt)

    def _metered(self, model: ModelId, role: Role) -> Metered:
        access = self.access
        return Metered(access.upstream, Metering(model, role, self.settings.budget, access.knowledge))

    def _id(self, name: str) -> ModelId:
        if self.runs is Runs.ENDPOINT:
            return ModelId(Runs.ENDPOINT, name, endpoint=self.name)
        return ModelId(self.runs, name)


def is_at_work(answer: Page) -> bool:
    """Whether a server's answer, good or bad, is one of a server that works; a login page's is not."""
    if answer.status == 200:
        return answer.content is not None
    return answer.status in (401, 403, 404, 405)


def list_path(endpoint: Endpoint) -> str:
    """Where a server says what it has: Ollama in its own way, the others as OpenAI does."""
    if endpoint.dialect == "ollama":
        return "/api/tags"
    return "/models" if endpoint.base_url.endswith("/v1") else "/v1/models"


def models_in(content: Any) -> tuple[Found, ...]:
    """The names in an answer, with a size where one is told."""
    rows = content.get("models") or content.get("data") if isinstance(content, dict) else None
    found = []
    for row in rows if isinstance(rows, list) else ():
        name = (row.get("id") or row.get("name")) if isinstance(row, dict) else None
        if isinstance(name, str) and name:
            size = row.get("size")
            found.append((name, size if isinstance(size, int) else None))
    return tuple(found)
