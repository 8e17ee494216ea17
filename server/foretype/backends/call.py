"""A request in the shape it has on the wire, before any connection is involved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from foretype import __version__
from foretype.backends.dialects.table import DIALECTS
from foretype.backends.failures import make
from foretype.errors import FillUnsupportedError, SettingsError

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.deadlines import Deadlines
    from foretype.backends.dialects.shape import Dialect, Route
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.request import Request
    from foretype.backends.sending import Sending


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
    dialect = dialect_of(endpoint)
    route = dialect.route_for(request.prompt)
    if route is None:
        raise make(FillUnsupportedError, endpoint, request.model)
    body = route.body_without(request, refused)
    url = dialect.url(endpoint.base_url, route)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Call(
        url=url,
        headers=headers_for(endpoint, url, route, len(content)),
        content=content,
        route=route,
        optional_sent=(route.optional | route.renamed.keys()) & body.keys(),
    )


def dialect_of(endpoint: Endpoint) -> Dialect:
    if endpoint.dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise SettingsError(f"Endpoint '{endpoint.name}' has no `dialect` we know: it is one of {known}.")
    return DIALECTS[endpoint.dialect]


def headers_for(endpoint: Endpoint, url: str, route: Route, length: int) -> tuple[tuple[str, str], ...]:
    """The key's header is its own affair: it gives none for an origin that is not its own."""
    key = endpoint.key.header_for(url) if endpoint.key is not None else {}
    return (
        ("Host", urlsplit(url).netloc),
        ("Content-Length", str(length)),
        ("Accept", f"{route.framing.value}, application/json"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
        ("User-Agent", f"foretype/{__version__}"),
        *endpoint.headers,
        *key.items(),
    )


def http_request(call: Call, deadlines: Deadlines, sending: Sending) -> httpcore.Request:
    """Only the connect timeout is the library's: the others must bound more than a single read."""
    import httpcore

    secure = call.url.startswith("https:")
    return httpcore.Request(
        "POST",
        call.url,
        headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in call.headers],
        content=call.content,
        extensions={
            "timeout": {"connect": deadlines.connect_s, "pool": deadlines.total_s},
            **({"trace": sending.trace} if secure else {}),
        },
    )
