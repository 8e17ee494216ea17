"""The way to every model's server: circuits, connections and what servers refused, in one place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from foretype.backends.activity import Activity
from foretype.backends.breaker import CircuitBreaker, Place
from foretype.backends.connections import Connections
from foretype.backends.refusals import Refusals
from foretype.backends.transport import stream

if TYPE_CHECKING:
    from foretype.backends.deadlines import Deadlines
    from foretype.backends.delta import Delta
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.request import Request


class Streams(Protocol):
    """Whatever hands on a model's answer piece by piece."""

    def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]: ...


@dataclass
class Upstream:
    """Made once by whoever owns the program's lifetime, and closed by it."""

    connections: Connections = field(default_factory=Connections)
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    refusals: Refusals = field(default_factory=Refusals)
    activity: Activity = field(default_factory=Activity)

    async def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]:
        """The deltas of an answer; see transport.stream. Raises at once where the circuit is open."""
        guarded = self.breaker.guard(place_of(endpoint, request))
        with guarded as works, self.activity.asking(endpoint, request.model) as answered:
            answer = stream(self.connections, self.refusals, endpoint, request, deadlines)
            async with aclosing(answer) as deltas:
                async for delta in deltas:
                    works()
                    answered()
                    yield delta

    async def prepare(self, endpoint: Endpoint) -> None:
        """Loads what a request to the endpoint needs, without sending one."""
        await asyncio.to_thread(import_module, "httpcore")
        async with self.connections.lease(endpoint):
            pass

    async def warm(self, endpoint: Endpoint) -> bool:
        """Opens a connection ahead of the first request; False where that fails, which is no error yet."""
        return await self.connections.warm(endpoint)

    async def aclose(self) -> None:
        await self.connections.aclose()


async def whole_text(streams: Streams, endpoint: Endpoint, request: Request, deadlines: Deadlines) -> str:
    """The whole text of an answer."""
    async with aclosing(streams.stream(endpoint, request, deadlines)) as deltas:
        return "".join([delta.text async for delta in deltas])


def place_of(endpoint: Endpoint, request: Request) -> Place:
    """What the circuit breaker is asked about before a request, and learns about from it."""
    return Place(endpoint.origin, request.model, route_of(endpoint, type(request.prompt)))


def route_of(endpoint: Endpoint, prompt: type[object]) -> str:
    return f"{endpoint.base_url} {prompt.__name__}"
