"""Who serves a model behind the router, as the Hub lists it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from foretype import __version__
from foretype.backends.connections import network_errors
from foretype.backends.deadlines import GiveUpAfter, Stage, TooLateError
from foretype.backends.ladder import Served

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_CONNECT_S = 5.0
_MAX_BODY_BYTES = 1 << 20
_NO_SUCH_MODEL = 404


class NotListedError(Exception):
    """The Hub's answer is not the list that was asked for; the text says what it is."""


async def served(connections: Connections, hub: Endpoint, model: str) -> tuple[Served, ...] | None:
    """The providers that serve a model, in the Hub's order; None where the Hub does not say."""
    try:
        with GiveUpAfter(_PATIENCE_S, Stage.WHOLE):
            status, body = await get(connections, hub, url_of(hub, model))
        return () if status == _NO_SUCH_MODEL else listed(status, body)
    except TooLateError:
        reason = f"no answer in {_PATIENCE_S:g} s"
    except NotListedError as problem:
        reason = str(problem)
    except network_errors() as problem:
        reason = type(problem).__name__
    logger.warning("the Hub does not say who serves %s: %s", model, reason)
    return None


def url_of(hub: Endpoint, model: str) -> str:
    return f"{hub.base_url}/api/models/{quote(model, safe='/')}?expand[]=inferenceProviderMapping"


async def get(connections: Connections, hub: Endpoint, url: str) -> tuple[int, bytes]:
    """The status and the body of an answer; a redirect is an answer as any other."""
    import httpcore

    key = hub.key.header_for(url) if hub.key is not None else {}
    headers = [
        ("Host", urlsplit(url).netloc),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", f"foretype/{__version__}"),
        *key.items(),
    ]
    extensions = {"timeout": {"connect": _CONNECT_S, "read": _PATIENCE_S}}
    request = httpcore.Request("GET", url, headers=headers, extensions=extensions)
    async with connections.lease(hub) as pool:
        response = await pool.connections.handle_async_request(request)
        try:
            return response.status, await bounded_body(response)
        finally:
            await response.aclose()


async def bounded_body(response: httpcore.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > _MAX_BODY_BYTES:
            raise NotListedError(f"its answer is longer than {_MAX_BODY_BYTES} bytes")
    return bytes(body)


def listed(status: int, body: bytes) -> tuple[Served, ...]:
    """The rows of an answer that are live and name the model at their provider."""
    if status != 200:
        raise NotListedError(f"HTTP status {status}")
    try:
        content: Any = json.loads(body)
        mapping = content.get("inferenceProviderMapping") or {}
        rows = [(str(provider), row) for provider, row in mapping.items() if isinstance(row, dict)]
    except (ValueError, AttributeError, RecursionError) as error:
        raise NotListedError("its answer is not what is documented") from error
    return tuple(
        Served(provider, row["providerId"])
        for provider, row in rows
        if row.get("status") == "live" and isinstance(row.get("providerId"), str)
    )
