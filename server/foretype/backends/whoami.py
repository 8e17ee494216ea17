"""Who a token belongs to and what it may do, as the Hub says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foretype.backends.complaint import complaint_in_body
from foretype.backends.deadlines import GiveUpAfter, Stage
from foretype.backends.failures import failure_of, make
from foretype.backends.fetch import TooLongError, fetch
from foretype.backends.foreign import from_exception
from foretype.errors import BackendError, BadAnswerError

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.fetch import Fetched

MAY_CALL_MODELS = "inference.serverless.write"

_PATIENCE_S = 10.0
_OLD_ROLES = frozenset({"read", "write", "admin", "contributor"})
"""A token made before permissions were fine-grained may call models whatever its role."""


@dataclass(frozen=True)
class Identity:
    """The owner of a token; `may_call_models` is None where the Hub does not say."""

    user: str
    organisations: tuple[str, ...] = ()
    may_call_models: bool | None = None


async def whoami(connections: Connections, hub: Endpoint) -> Identity:
    """Asks the Hub with the endpoint's key, or raises what went wrong."""
    try:
        with GiveUpAfter(_PATIENCE_S, Stage.WHOLE):
            answer = await fetch(connections, hub, f"{hub.base_url}/api/whoami-v2")
        return identity_in(hub, answer)
    except BackendError:
        raise
    except TooLongError as problem:
        raise make(BadAnswerError, hub, "", detail=str(problem)) from problem
    except Exception as problem:
        known = from_exception(hub, "", problem)
        if known is None:
            raise
        raise known from problem


def identity_in(hub: Endpoint, answer: Fetched) -> Identity:
    if answer.status != 200:
        raise failure_of(hub, "", complaint_in_body(answer.body), answer.status, answer.headers)
    try:
        content: Any = json.loads(answer.body)
        user = content["name"]
        if not isinstance(user, str) or not user:
            raise ValueError("no name")
        return Identity(user, organisations_in(content), may_call_models(content))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise make(
            BadAnswerError, hub, "", answer.status, detail="it does not say whose the token is"
        ) from error


def organisations_in(content: dict[str, Any]) -> tuple[str, ...]:
    names = (org.get("name") for org in list_at(content, "orgs") if isinstance(org, dict))
    return tuple(name for name in names if isinstance(name, str))


def may_call_models(content: dict[str, Any]) -> bool | None:
    """Fine-grained tokens name their permissions, for everything or for one account or organisation."""
    token = at(content, "auth", "accessToken")
    if not isinstance(token, dict):
        return None
    if token.get("role") in _OLD_ROLES:
        return True
    permissions = token.get("fineGrained")
    if not isinstance(permissions, dict):
        return None
    scoped = (list_at(entry, "permissions") for entry in list_at(permissions, "scoped"))
    return any(MAY_CALL_MODELS in given for given in (list_at(permissions, "global"), *scoped))


def at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def list_at(value: Any, key: str) -> Iterable[Any]:
    found = at(value, key)
    return found if isinstance(found, list) else []
