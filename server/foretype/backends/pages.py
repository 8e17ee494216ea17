"""What an origin says in JSON when it is asked with GET: one page, or one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from foretype.backends.connections import network_errors
from foretype.backends.deadlines import GiveUpAfter, Stage, TooLateError
from foretype.backends.fetch import TooLongError, fetch

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

PATIENCE_S = 15.0
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
        with GiveUpAfter(patience_s, Stage.WHOLE):
            answer = await fetch(connections, endpoint, url, most_bytes)
    except TooLateError:
        raise PageError(f"no answer in {patience_s:g} s") from None
    except TooLongError as problem:
        raise PageError(str(problem)) from None
    except network_errors() as problem:
        raise PageError(f"it cannot be reached ({type(problem).__name__})") from None
    try:
        content = json.loads(answer.body) if answer.body else None
    except (ValueError, RecursionError):
        content = None
    found = _NEXT.search(answer.headers.get("link", ""))
    return Page(answer.status, content, urlsplit(found[1]).query if found else "")


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
