"""The models that complete, in the user's order, each ready to write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from foretype.backends.endpoint import Endpoint
from foretype.config.settings import Settings
from foretype.errors import ModelIdError
from foretype.flows.access import Access, endpoint_of, reach_of
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.local_writer import LocalWriter
from foretype.flows.completion.router_writer import RouterWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.local_file import file_named
from foretype.models.ids import Runs, parse_model_id

PROMPT_TOKENS = 2048
OLLAMA_URL = "http://127.0.0.1:11434"


def writers_of(settings: Settings, access: Access) -> tuple[Writer, ...]:
    return tuple(chain(settings, access))


def chain(settings: Settings, access: Access) -> Iterator[Writer]:
    for written in settings.models.complete:
        try:
            model = parse_model_id(written, settings.endpoints)
        except ModelIdError:
            continue
        if model.runs is Runs.ENDPOINT:
            endpoint = endpoint_of(settings.endpoints[model.endpoint], access.environment)
            yield EndpointWriter(written, endpoint, model.name, PROMPT_TOKENS, access.upstream)
        elif model.runs is Runs.ROUTER:
            reach = partial(reach_of, settings, access)
            yield RouterWriter(
                str(model), model.routed, PROMPT_TOKENS, reach, access.router_models, access.upstream
            )
        elif model.runs is Runs.LOCAL:
            find = partial(file_named, model.name)
            yield LocalWriter(str(model), local_prompt_tokens(settings), find, access.local_models)


def local_prompt_tokens(settings: Settings) -> int:
    """What a local model's context leaves beside its answer, and no more than others are sent."""
    return min(PROMPT_TOKENS, settings.local.context - settings.complete.max_tokens)


async def first_endpoint(settings: Settings, access: Access) -> Endpoint | None:
    """Where the first model of the chain is asked; None where there is none, or no token for it."""
    for written in settings.models.complete:
        try:
            model = parse_model_id(written, settings.endpoints)
        except ModelIdError:
            continue
        if model.runs is Runs.ENDPOINT:
            return endpoint_of(settings.endpoints[model.endpoint], access.environment)
        if model.runs is Runs.ROUTER:
            reach = await reach_of(settings, access)
            return reach.router if reach else None
    return None


def problems_in(settings: Settings) -> Iterator[str]:
    """A sentence for each model of the chain that nothing can be done with."""
    for written in settings.models.complete:
        try:
            model = parse_model_id(written, settings.endpoints)
        except ModelIdError as problem:
            yield f"models.complete: {problem}"
            continue
        if model.runs is Runs.OLLAMA:
            yield (
                f"models.complete: '{written}' needs an endpoint: declare [endpoints.ollama] with "
                f'url = "{OLLAMA_URL}" and dialect = "ollama".'
            )
