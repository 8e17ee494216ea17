"""The Hub and the router on loopback: what they serve is told beforehand, what they hear is kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from contract.spoken import SPOKEN
from contract.upstream import Heard, Script, Upstream, Visit, serving

TEXT, TALK = SPOKEN[0], SPOKEN[1]
WHOAMI = "/api/whoami-v2"
ONE_MODEL = "/v1/models/"
PREFIX_OF_PROBE = "def add(a, b):"

Answer = Callable[[dict[str, Any]], str]


@dataclass
class HuggingFace:
    """Two servers; `texts` and `talks` say how each route answers, by the path and by the model there."""

    hub: Upstream
    router: Upstream
    providers: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    texts: dict[str, Answer] = field(default_factory=dict)
    talks: dict[str, Answer] = field(default_factory=dict)
    refusal: tuple[str, Any] | None = None
    accounts: dict[str, Any] = field(default_factory=dict)
    answers_whoami: Script | None = None
    router_list: list[dict[str, Any]] = field(default_factory=list)
    hub_pages: list[list[dict[str, Any]]] = field(default_factory=list)
    before_a_page: Callable[[int], Awaitable[None]] | None = None

    def serve(self, model: str, **provider_ids: str) -> None:
        """Lists a model's providers, as the Hub does; underscores stand for hyphens."""
        self.providers[model] = {
            name.replace("_", "-"): {"status": "live", "providerId": provider_id, "task": "conversational"}
            for name, provider_id in provider_ids.items()
        }

    def knows(self, token: str, user: str = "ada", **changes: Any) -> None:
        """Lists a token's owner, as the Hub does; without changes it may call models."""
        self.accounts[token] = whoami(user, **changes)

    @property
    def listings(self) -> list[Heard]:
        """The questions who serves a model."""
        return [heard for heard in self.hub.heard if heard.path != WHOAMI]

    @property
    def whoamis(self) -> list[Heard]:
        return [heard for heard in self.hub.heard if heard.path == WHOAMI]

    @property
    def paid(self) -> list[Heard]:
        """What the router was asked that somebody pays for."""
        return [heard for heard in self.router.heard if not heard.path.startswith("/v1/models")]

    @property
    def probes(self) -> list[Heard]:
        return [heard for heard in self.paid if PREFIX_OF_PROBE in heard.content.decode()]

    @property
    def completions(self) -> list[Heard]:
        return [heard for heard in self.paid if PREFIX_OF_PROBE not in heard.content.decode()]

    async def answer_with_page(self, visit: Visit) -> None:
        """One page of the Hub's list, and where the next one is: at an address that is not the asker's."""
        query = parse_qs(visit.heard.path.partition("?")[2])
        number = int(query.get("cursor", ["0"])[0])
        if self.before_a_page is not None:
            await self.before_a_page(number)
        more = {}
        if number + 1 < len(self.hub_pages):
            more["Link"] = f'<https://elsewhere.example/api/models?cursor={number + 1}&limit=100>; rel="next"'
        page = self.hub_pages[number] if self.hub_pages else []
        await visit.answer("200 OK", json.dumps(page).encode(), **more)

    async def answer_as_hub(self, visit: Visit) -> None:
        path = visit.heard.path.partition("?")[0]
        if path == WHOAMI:
            await (self.answers_whoami or self._answer_whoami)(visit)
            return
        if path == "/api/models":
            await self.answer_with_page(visit)
            return
        model = path.removeprefix("/api/models/")
        if model not in self.providers:
            await visit.answer("404 Not Found", b'{"error":"Repository not found"}')
            return
        assert visit.heard.path.endswith("?expand[]=inferenceProviderMapping")
        body = {"id": model, "inferenceProviderMapping": self.providers[model]}
        await visit.answer("200 OK", json.dumps(body).encode())

    async def _answer_whoami(self, visit: Visit) -> None:
        token = visit.heard.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self.accounts:
            await visit.answer("200 OK", json.dumps(self.accounts[token]).encode())
        else:
            await visit.answer("401 Unauthorized", b'{"error":"Invalid username or password."}')

    async def answer_as_router(self, visit: Visit) -> None:
        if visit.heard.path == "/v1/models":
            rows = {"object": "list", "data": self.router_list}
            await visit.answer("200 OK", json.dumps(rows).encode())
            return
        if self.refusal is not None:
            await refuse(visit, *self.refusal)
            return
        if visit.heard.path.startswith(ONE_MODEL):
            await self._answer_with_model(visit, visit.heard.path.removeprefix(ONE_MODEL))
            return
        path, body = visit.heard.path, visit.heard.body
        if path in self.texts:
            await TEXT.tell(visit, self.texts[path](body))
        elif path == "/v1/chat/completions" and body["model"] in self.talks:
            await TALK.tell(visit, self.talks[body["model"]](body))
        elif path == "/v1/chat/completions":
            await visit.answer("400 Bad Request", json.dumps(NOT_SERVED).encode())
        else:
            await visit.answer("404 Not Found", b"Not Found", "text/plain")

    async def _answer_with_model(self, visit: Visit, name: str) -> None:
        """The row of one model; what is not chatted with is not there."""
        row = next((row for row in self.router_list if row["id"] == name), None)
        if row is None:
            await visit.answer("404 Not Found", b"Not Found", "text/plain")
        else:
            await visit.answer("200 OK", json.dumps(row).encode())


async def refuse(visit: Visit, status: str, complaint: Any) -> None:
    """Bytes are a page, anything else is JSON."""
    is_page = isinstance(complaint, bytes)
    content = complaint if is_page else json.dumps(complaint).encode()
    await visit.answer(status, content, "text/html" if is_page else "application/json")


def router_row(name: str, **providers: dict[str, Any]) -> dict[str, Any]:
    """A row of the router's list; underscores in a provider's name stand for hyphens."""
    served = [
        {"provider": provider.replace("_", "-"), "status": "live", **says}
        for provider, says in providers.items()
    ]
    inputs = {"input_modalities": ["text"], "output_modalities": ["text"]}
    return {"id": name, "object": "model", "owned_by": "x", "architecture": inputs, "providers": served}


def hub_row(name: str, provider: str = "together", **more: Any) -> dict[str, Any]:
    """A row of the Hub's list, where the mapping is a list."""
    mapping = [{"provider": provider, "status": "live", "providerId": name, "task": "conversational"}]
    return {"id": name, "inferenceProviderMapping": mapping, **more}


NOT_SERVED = {
    "error": {
        "message": "The requested model is not supported by any provider you have enabled.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_supported",
    }
}


def whoami(
    user: str,
    organisations: tuple[str, ...] = (),
    permissions: tuple[str, ...] = ("inference.serverless.write",),
    role: str = "fineGrained",
) -> Any:
    """What the Hub says of a token; permissions stand under `scoped`."""
    entity = {"_id": "5f", "type": "user", "name": user}
    fine_grained = {
        "canReadGatedRepos": False,
        "global": [],
        "scoped": [{"entity": entity, "permissions": list(permissions)}],
    }
    token = {"displayName": "foretype", "role": role, "createdAt": "2026-01-01T00:00:00.000Z"}
    return {
        "type": "user",
        "id": "5f",
        "name": user,
        "fullname": user.title(),
        "email": f"{user}@example.com",
        "isPro": False,
        "canPay": False,
        "orgs": [{"type": "org", "id": "6a", "name": name} for name in organisations],
        "auth": {"type": "access_token", "accessToken": {**token, "fineGrained": fine_grained}},
    }


@asynccontextmanager
async def hugging_face() -> AsyncIterator[HuggingFace]:
    async with serving() as hub, serving() as router:
        both = HuggingFace(hub, router)
        hub.always(both.answer_as_hub)
        router.always(both.answer_as_router)
        yield both
