"""Who serves a model behind the router, as the Hub lists it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from foretype.backends.connections import network_errors
from foretype.backends.deadlines import GiveUpAfter, Stage, TooLateError
from foretype.backends.fetch import TooLongError, fetch
from foretype.backends.ladder import Served

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_NO_SUCH_MODEL = 404


class NotListedError(Exception):
    """The Hub's answer is not the list that was asked for; the text says what it is."""


async def served(connections: Connections, hub: Endpoint, model: str) -> tuple[Served, ...] | None:
    """The providers that serve a model, in the Hub's order; None where the Hub does not say."""
    try:
        with GiveUpAfter(_PATIENCE_S, Stage.WHOLE):
            answer = await fetch(connections, hub, url_of(hub, model))
        return () if answer.status == _NO_SUCH_MODEL else listed(answer.status, answer.body)
    except TooLateError:
        reason = f"no answer in {_PATIENCE_S:g} s"
    except (NotListedError, TooLongError) as problem:
        reason = str(problem)
    except network_errors() as problem:
        reason = type(problem).__name__
    logger.warning("the Hub does not say who serves %s: %s", model, reason)
    return None


def url_of(hub: Endpoint, model: str) -> str:
    return f"{hub.base_url}/api/models/{quote(model, safe='/')}?expand[]=inferenceProviderMapping"


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
