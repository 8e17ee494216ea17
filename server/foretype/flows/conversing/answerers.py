"""The models of a role that answer in words, in the user's order."""

from __future__ import annotations

from collections.abc import Iterator

from foretype.config.settings import Role, Settings
from foretype.flows.access import Access
from foretype.flows.conversing.fitting import Fitting
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.capabilities import capabilities_of
from foretype.flows.providers.registry import Registry


def answerers_of(settings: Settings, role: Role, access: Access) -> tuple[Answerer, ...]:
    return tuple(chain(settings, role, access))


def chain(settings: Settings, role: Role, access: Access) -> Iterator[Answerer]:
    """Each model of the role that answers in words, asked within what it can do."""
    registry = Registry(settings, access)
    for model in registry.models_for(role):
        answerer = registry.provider_of(model).answerer(model, role)
        if answerer is not None:
            yield Fitting(answerer, capabilities_of(model, access.knowledge.remote.known))
