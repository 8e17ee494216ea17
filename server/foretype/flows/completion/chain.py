"""The models that complete, in the user's order, each ready to write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from foretype.backends.cures import HUGGING_FACE
from foretype.backends.endpoint import Endpoint
from foretype.backends.network import certificates_from, proxy_for
from foretype.backends.upstream import Upstream
from foretype.config import settings as config
from foretype.config.environment import Environment
from foretype.config.settings import Settings
from foretype.errors import ModelIdError
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.router_models import Reach, RouterModels
from foretype.flows.completion.router_writer import RouterWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.token import Token
from foretype.keys.bound import BoundKey
from foretype.models.ids import Runs, parse_model_id

PROMPT_TOKENS = 2048
OLLAMA_URL = "http://127.0.0.1:11434"


@dataclass(frozen=True)
class Access:
    """What the writers reach models with."""

    environment: Environment
    upstream: Upstream
    token: Token
    router_models: RouterModels


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


def uses_router(settings: Settings) -> bool:
    models = settings.models.complete
    return settings.router is not None and any(map(is_routed, models))


def is_routed(written: str) -> bool:
    try:
        return parse_model_id(written).runs is Runs.ROUTER
    except ModelIdError:
        return False


async def reach_of(settings: Settings, access: Access) -> Reach | None:
    """The router and the Hub with the token for them, once it is clear whether there is one."""
    token = await access.token.settled() if settings.router else None
    if settings.router is None or token is None:
        return None
    bill_to = (("X-HF-Bill-To", settings.bill_to),) if settings.bill_to else ()
    router = hugging_face(settings.router.url, settings.router_key(token), access.environment)
    hub = (
        hugging_face(settings.hub.url, settings.hub_key(token), access.environment) if settings.hub else None
    )
    return Reach(replace(router, headers=bill_to), hub)


def hugging_face(url: str, key: BoundKey | None, environment: Environment) -> Endpoint:
    return Endpoint(
        name=HUGGING_FACE,
        base_url=url,
        dialect="openai",
        key=key,
        proxy=proxy_for(url, environment.variables),
        certificates=certificates_from(environment.variables),
    )


def endpoint_of(declared: config.Endpoint, environment: Environment) -> Endpoint:
    url = declared.address.url
    return Endpoint(
        name=declared.name,
        base_url=url,
        dialect=declared.dialect,
        key=declared.key,
        proxy=proxy_for(url, environment.variables),
        certificates=certificates_from(environment.variables),
    )
