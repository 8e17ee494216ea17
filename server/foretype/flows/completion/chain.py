"""The models that complete, in the user's order, each ready to write."""

from __future__ import annotations

from collections.abc import Iterator

from foretype.backends.endpoint import Endpoint
from foretype.config.environment import Environment
from foretype.config.settings import ROLES, Settings
from foretype.errors import ModelIdError
from foretype.flows.access import Access, ollama_of, reach_of
from foretype.flows.completion.local_writer import LocalWriter
from foretype.flows.completion.sharing import sharing_one_deadline
from foretype.flows.completion.workspace_writer import WorkspaceWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.providers.endpoint import EndpointProvider
from foretype.flows.providers.registry import Registry
from foretype.models.ids import Runs, parse_model_id


def writers_of(settings: Settings, access: Access) -> tuple[Writer, ...]:
    """The writers of one request, who share its deadline; none where only the predictor is left, which
    has spoken already."""
    writers = tuple(chain(settings, access))
    if all(isinstance(writer, WorkspaceWriter) and not writer.when_typed for writer in writers):
        return ()
    return sharing_one_deadline(writers)


def chain(settings: Settings, access: Access) -> Iterator[Writer]:
    registry = Registry(settings, access)
    for model in registry.in_turn("complete"):
        writer = registry.provider_of(model).writer(model)
        if writer is not None:
            yield writer


async def first_endpoint(settings: Settings, access: Access) -> Endpoint | None:
    """Where the first model of the chain is asked; None where there is none, or no token for it."""
    registry = Registry(settings, access)
    for model in registry.in_turn("complete"):
        provider = registry.provider_of(model)
        if isinstance(provider, EndpointProvider):
            return provider.endpoint
        if model.runs is Runs.ROUTER:
            reach = await reach_of(settings, access)
            return reach.router if reach else None
    return None


def first_local(settings: Settings, access: Access) -> LocalWriter | None:
    """The first model of the chain, where it is a file on this machine."""
    registry = Registry(settings, access)
    model = next(registry.in_turn("complete"), None)
    writer = registry.provider_of(model).writer(model) if model else None
    return writer if isinstance(writer, LocalWriter) else None


def problems_in(settings: Settings, environment: Environment) -> Iterator[str]:
    """A sentence for each model of the settings that nothing can be done with."""
    for role in ROLES:
        for written in settings.models.chain(role):
            if problem := problem_with(written, settings, environment):
                yield f"models.{role}: {problem}"


def problem_with(written: str, settings: Settings, environment: Environment) -> str:
    try:
        model = parse_model_id(written, settings.endpoints)
    except ModelIdError as problem:
        return str(problem)
    if model.runs is Runs.OLLAMA and ollama_of(environment) is None:
        return (
            f"OLLAMA_HOST does not name this machine, so '{written}' needs an endpoint: "
            'declare [endpoints.ollama] with its url and dialect = "ollama".'
        )
    return ""
