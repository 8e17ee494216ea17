"""A request in the shape it has on the wire, before any connection is involved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype import __version__
from foretype.backends.dialects.table import DIALECTS
from foretype.backends.failures import make
from foretype.errors import FillUnsupportedError

if TYPE_CHECKING:
    import httpx

    from foretype.backends.deadlines import Deadlines
    from foretype.backends.dialects.shape import Route
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.request import Request


@dataclass(frozen=True)
class Call:
    """One POST: where to, with what, and how its answer is to be read."""

    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    route: Route
    optional_sent: frozenset[str]


def call_for(endpoint: Endpoint, request: Request, refused: frozenset[str]) -> Call:
    """The endpoint's dialect gives the request its shape, less what its server refused before."""
    dialect = DIALECTS[endpoint.dialect]
    route = dialect.route_for(request.prompt)
    if route is None:
        raise make(FillUnsupportedError, endpoint, request.model)
    body = {name: value for name, value in route.body(request).items() if name not in refused}
    url = dialect.url(endpoint.base_url, route)
    return Call(
        url=url,
        headers=headers_for(endpoint, url, route),
        content=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        route=route,
        optional_sent=route.optional & body.keys(),
    )


def headers_for(endpoint: Endpoint, url: str, route: Route) -> tuple[tuple[str, str], ...]:
    """The key's header is its own affair: it gives none for an origin that is not its own."""
    key = endpoint.key.header_for(url) if endpoint.key is not None else {}
    return (
        ("Accept", f"{route.framing.value}, application/json"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
        ("User-Agent", f"foretype/{__version__}"),
        *endpoint.headers,
        *key.items(),
    )


def http_request(call: Call, deadlines: Deadlines) -> httpx.Request:
    """Only the connect timeout is the library's: the others must bound more than a single read."""
    import httpx

    timeouts = {"connect": deadlines.connect_s, "pool": deadlines.total_s}
    return httpx.Request(
        "POST", call.url, headers=list(call.headers), content=call.content, extensions={"timeout": timeouts}
    )
