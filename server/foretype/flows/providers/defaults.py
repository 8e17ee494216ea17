"""Which models a role has: what the user picked by hand, then the settings' own, then what is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from foretype.config.settings import Role, Settings
from foretype.flows.access import Access
from foretype.models.catalogue import catalogue
from foretype.models.ids import WORKSPACE


def chain_of(role: Role, settings: Settings, access: Access) -> tuple[str, ...]:
    """The ids of a role's models in the order in which they are asked, each once."""
    chosen = access.knowledge.choices.of(role)
    own = settings.models.chain(role) or tuple(defaults(role, settings, access))
    return tuple(dict.fromkeys([*((chosen,) if chosen else ()), *own, *last(role, settings)]))


def defaults(role: Role, settings: Settings, access: Access) -> Iterator[str]:
    """With nothing set: the router where a token is found, then a model on the disk."""
    entry = catalogue().default_for(role)
    if entry is not None and settings.router is not None and access.token.key is not None:
        yield f"hf:{entry.id}"
    yield from (model.id for model in access.knowledge.local_models() if role in model.roles)


def last(role: Role, settings: Settings) -> tuple[str, ...]:
    """What never fails, unless it was switched off."""
    return (WORKSPACE,) if role == "complete" and settings.complete.instant else ()
