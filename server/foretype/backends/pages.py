"""What an origin says in JSON when it is asked with GET: one page, or one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from foretype import __version__
from foretype.backends.connections import network_errors
from foretype.backends.deadlines import Stage, TooLateError, give_up_after

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

PATIENCE_S = 15.0
CONNECT_S = 5.0
MOST_BYTES = 32 << 20
MOST_PAGES = 50

_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')


class PageError(Exception):
    """No page came; the text says why, in words that can stand in a sentence."""


@dataclass(frozen=True)
class Page:
    """The status of an answer, where the list goes on, and the JSON in it."""

    status: int
    content: Any
    next_query: str = ""


async def page(
    connections: Connections,
    endpoint: Endpoint,
    path: str,
    patience_s: float = PATIENCE_S,
    most_bytes: int = MOST_BYTES,
) -> Page:
    """One answer of an endpoint, and whatever goes wrong is a PageError. A redirect is not followed."""
    url = f"{endpoint.base_url}{path}"
    try:
        with give_up_after(patience_s, Stage.WHOLE):
            status, link, body = await get(connections, endpoint, url, most_bytes)
    except TooLateError:
        raise PageError(f"no answer in {patience_s:g} s") from None
    except network_errors() as problem:
        raise PageError(f"it cannot be reached ({type(problem).__name__})") from None
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        content = None
    found = _NEXT.search(link)
    return Page(status, content, urlsplit(found[1]).query if found else "")


async def pages(
    connections: Connections, endpoint: Endpoint, path: str, query: str
) -> AsyncGenerator[Any, None]:
    """The content of each page of a list. Where it goes on is taken from the answer, but for the address:
    that stays the endpoint's own."""
    for _ in range(MOST_PAGES):
        answer = await page(connections, endpoint, f"{path}?{query}")
        yield content_of(answer)
        if not answer.next_query or answer.next_query == query:
            return
        query = answer.next_query


def content_of(answer: Page) -> Any:
    if answer.status != 200:
        raise PageError(f"it answered with HTTP status {answer.status}")
    if answer.content is None:
        raise PageError("its answer is not what is documented")
    return answer.content


async def get(
    connections: Connections, endpoint: Endpoint, url: str, most_bytes: int
) -> tuple[int, str, bytes]:
    """The status, the Link header and the body of an answer."""
    import httpcore

    key = endpoint.key.header_for(url) if endpoint.key is not None else {}
    headers = [
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", f"foretype/{__version__}"),
        *key.items(),
    ]
    extensions = {"timeout": {"connect": CONNECT_S, "read": PATIENCE_S}}
    request = httpcore.Request("GET", url, headers=headers, extensions=extensions)
    async with connections.lease(endpoint) as pool:
        response = await pool.connections.handle_async_request(request)
        try:
            return response.status, link_in(response), await bounded_body(response, most_bytes)
        finally:
            await response.aclose()


def link_in(response: httpcore.Response) -> str:
    links = [value for name, value in response.headers if name.lower() == b"link"]
    return b", ".join(links).decode("latin-1")


async def bounded_body(response: httpcore.Response, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > most_bytes:
            raise PageError(f"its answer is longer than {most_bytes} bytes")
    return bytes(body)
