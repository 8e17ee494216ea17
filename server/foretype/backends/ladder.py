"""The router's ladder: which way of filling a hole works for a model, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from foretype.backends.providers import PROVIDERS, for_chat, for_text
from foretype.prompt.chat_hole import begun_chat_for, chat_for
from foretype.prompt.families import family_of
from foretype.prompt.hole import Hole, rendered

if TYPE_CHECKING:
    from foretype.backends.endpoint import Endpoint
    from foretype.prompt.asked import Prompt

_POLICIES = frozenset({"fastest", "cheapest", "preferred"})
_MOST_TEXT_PROVIDERS = 2


class Rung(Enum):
    """A way of filling a hole."""

    TEXT = "text"
    BEGUN_CHAT = "begun chat"
    CHAT = "chat"
    NONE = "none"


@dataclass(frozen=True)
class Served:
    """A provider that serves a model, and the model's name there, as the Hub lists them."""

    provider: str
    provider_model: str


@dataclass(frozen=True)
class Attempt:
    """A rung to stand on: with which provider ("" leaves it to the router) and under which model name."""

    rung: Rung
    provider: str
    model: str


def attempts(model: str, served: tuple[Served, ...]) -> tuple[Attempt, ...]:
    """What is worth trying for a model of the router, best first.

    Raw text needs a family and a provider that continues text; of those at most two are tried.
    """
    name, _, suffix = model.partition(":")
    wanted = "" if suffix in _POLICIES else suffix
    chats = (Attempt(Rung.BEGUN_CHAT, wanted, model), Attempt(Rung.CHAT, wanted, model))
    if family_of(name) is None:
        return chats
    texts = [
        Attempt(Rung.TEXT, row.provider, name if row.provider == "hf-inference" else row.provider_model)
        for row in served
        if wanted in ("", row.provider) and completes_text(row.provider)
    ]
    return (*texts[:_MOST_TEXT_PROVIDERS], *chats)


def completes_text(provider: str) -> bool:
    row = PROVIDERS.get(provider)
    return row is not None and row.completes_text


def endpoint_of(attempt: Attempt, router: Endpoint) -> Endpoint:
    """Where a rung's requests go."""
    if attempt.rung is Rung.TEXT:
        return for_text(router, PROVIDERS[attempt.provider], attempt.model)
    return for_chat(router)


def prompt_on(rung: Rung, model: str, hole: Hole) -> Prompt:
    """The hole as a rung asks about it; the model is the one the user named."""
    if rung is Rung.TEXT:
        family = family_of(model.partition(":")[0])
        assert family is not None, "raw text is only tried where there is a family"
        return rendered(family, hole)
    return begun_chat_for(hole) if rung is Rung.BEGUN_CHAT else chat_for(hole)
