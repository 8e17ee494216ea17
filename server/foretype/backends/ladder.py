"""The ladder: the ways of filling a hole by a model, best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from foretype.backends.dialects.table import DIALECTS
from foretype.backends.providers import PROVIDERS, for_chat, for_text
from foretype.prompt.asked import HolePrompt
from foretype.prompt.chat_hole import begun_chat_for, chat_for
from foretype.prompt.families import family_of
from foretype.prompt.hole import Hole, rendered
from foretype.prompt.special_tokens import CHAT_CONTROL, TokenInCode, guarded

if TYPE_CHECKING:
    from foretype.backends.endpoint import Endpoint
    from foretype.prompt.asked import Prompt

_POLICIES = frozenset({"fastest", "cheapest", "preferred"})
_MOST_TEXT_PROVIDERS = 2


class Rung(Enum):
    """A way of filling a hole."""

    TEXT = "text"
    HOLE = "hole"
    BEGUN_CHAT = "begun chat"
    CHAT = "chat"
    NONE = "none"

    @property
    def is_in_words(self) -> bool:
        """Whether a model is talked to, in place of being given the two sides of the hole."""
        return self not in (Rung.TEXT, Rung.HOLE)


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


def rung_at(endpoint: Endpoint, model: str) -> Rung:
    """The way at a server that the user named: by the template in the model's file where the server has that,
    by ours where we know the model's, in the server's own way, and else in words."""
    dialect = DIALECTS[endpoint.dialect]
    has_ours = dialect.raw is not None and family_of(model) is not None
    if dialect.hole is not None and (dialect.knows_templates or not has_ours):
        return Rung.HOLE
    return Rung.TEXT if has_ours else Rung.CHAT


def attempts(model: str, served: tuple[Served, ...]) -> tuple[Attempt, ...]:
    """What is worth trying for a model of Hugging Face's router, which has no way of its own, best first.

    Raw text needs a family and a provider that continues text; of those at most two are tried.
    """
    name, _, suffix = model.partition(":")
    wanted = "" if suffix in _POLICIES else suffix
    chats = (Attempt(Rung.BEGUN_CHAT, wanted, model), Attempt(Rung.CHAT, wanted, model))
    if family_of(model) is None:
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


def prompt_on(rung: Rung, model: str, hole: Hole) -> Prompt | TokenInCode:
    """The hole as a rung asks about it, or why it cannot be asked about: see special_tokens."""
    family = family_of(model)
    control = family.control if family else ()
    clean = guarded(control if rung is Rung.TEXT else control + CHAT_CONTROL, hole)
    if isinstance(clean, TokenInCode):
        return clean
    if rung is Rung.TEXT:
        assert family is not None, "raw text is only tried where there is a family"
        return rendered(family, clean)
    if rung is Rung.HOLE:
        return HolePrompt(clean.prefix, clean.suffix, clean.chunks)
    return begun_chat_for(clean) if rung is Rung.BEGUN_CHAT else chat_for(clean)


def stops_on(rung: Rung, model: str) -> tuple[str, ...]:
    """Where a server is to stop besides the end; in a conversation no model goes past it."""
    family = family_of(model)
    return family.stops if family and not rung.is_in_words else ()
