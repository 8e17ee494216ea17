"""The models that complete, in the user's order, each ready to write."""

from __future__ import annotations

from collections.abc import Iterator

from foretype.backends.endpoint import Endpoint
from foretype.backends.network import certificates_from, proxy_for
from foretype.backends.upstream import Upstream
from foretype.config import settings as config
from foretype.config.environment import Environment
from foretype.config.settings import Settings
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.writer import Writer

PROMPT_TOKENS = 2048


def writers_of(settings: Settings, environment: Environment, upstream: Upstream) -> tuple[Writer, ...]:
    return tuple(chain(settings, environment, upstream))


def chain(settings: Settings, environment: Environment, upstream: Upstream) -> Iterator[Writer]:
    for model_id in settings.models.complete:
        name, _, model = model_id.partition(":")
        declared = settings.endpoints.get(name)
        if declared is not None and model:
            endpoint = endpoint_of(declared, environment)
            yield EndpointWriter(model_id, endpoint, model, PROMPT_TOKENS, upstream)


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
