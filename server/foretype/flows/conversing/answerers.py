"""The models of a role that answer in words, in the user's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from foretype.config.settings import Role, Settings
from foretype.errors import BackendError, NoModelError
from foretype.flows.access import Access
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.fitting import Fitting
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.capabilities import Capabilities, capabilities_of
from foretype.flows.providers.local import LocalProvider
from foretype.flows.providers.registry import Registry
from foretype.models.ids import ModelId

EXAMPLE = "hf:Qwen/Qwen2.5-Coder-32B-Instruct"


def answerers_of(settings: Settings, role: Role, access: Access) -> tuple[Answerer, ...]:
    return tuple(chain(settings, role, access))


def chain(settings: Settings, role: Role, access: Access) -> Iterator[Answerer]:
    """Each model of the role that answers in words, asked within what it can do."""
    registry = Registry(settings, access)
    for model in registry.in_turn(role):
        answerer = fitted(registry, model, role)
        if answerer is not None:
            yield answerer


def fitted(registry: Registry, model: ModelId, role: Role) -> Answerer | None:
    answerer = registry.provider_of(model).answerer(model, role)
    if answerer is None:
        return None
    return Fitting(answerer, partial(capabilities, registry, model))


async def capabilities(registry: Registry, model: ModelId) -> Capabilities:
    provider, known = registry.provider_of(model), registry.access.knowledge.remote.known
    local_tokens = await provider.context_tokens(model) if isinstance(provider, LocalProvider) else None
    return capabilities_of(model, known, local_tokens)


def only(
    written: str,
    settings: Callable[[], Settings],
    access: Access,
    report: Callable[[BackendError], None],
) -> Conversing:
    """Asking one model by its id, and no other in its place."""
    registry = Registry(settings(), access)
    answerer = fitted(registry, registry.parse(written), "chat")
    if answerer is None:
        raise NoModelError(f"{written} does not answer in words: name a model such as {EXAMPLE}.")
    return Conversing(lambda role: (answerer,), report)
