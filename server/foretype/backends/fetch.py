"""One small document of the Hub: its status, its headers, its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from foretype import __version__

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

_CONNECT_S = 5.0
_READ_S = 10.0
_MAX_BODY_BYTES = 1 << 20


class TooLongError(Exception):
    """The document is longer than any that is asked for; the text says so."""


@dataclass(frozen=True)
class Fetched:
    """An answer that has arrived; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(hash=False)
    body: bytes


async def fetch(
    connections: Connections, hub: Endpoint, url: str, most_bytes: int = _MAX_BODY_BYTES
) -> Fetched:
    """What a GET brings; a redirect is an answer as any other."""
    import httpcore

    key = hub.key.header_for(url) if hub.key is not None else {}
    headers = [
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", f"foretype/{__version__}"),
        *key.items(),
    ]
    extensions = {"timeout": {"connect": _CONNECT_S, "read": _READ_S}}
    request = httpcore.Request("GET", url, headers=headers, extensions=extensions)
    async with connections.lease(hub) as pool:
        response = await pool.connections.handle_async_request(request)
        try:
            return Fetched(response.status, headers_of(response), await bounded_body(response, most_bytes))
        finally:
            await response.aclose()


def headers_of(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


async def bounded_body(response: httpcore.Response, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > most_bytes:
            raise TooLongError(f"its answer is longer than {most_bytes} bytes")
    return bytes(body)
