"""The way to every model that the settings name: addresses, keys, proxies, and who answers there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from foretype.backends.cures import HUGGING_FACE
from foretype.backends.endpoint import Endpoint
from foretype.backends.file_models import FileModels
from foretype.backends.network import certificates_from, proxy_for
from foretype.backends.upstream import Upstream
from foretype.config import settings as config
from foretype.config.environment import Environment
from foretype.config.settings import ROLES, Role, Settings
from foretype.errors import ModelIdError
from foretype.flows.completion.router_models import Reach, RouterModels
from foretype.flows.local_file import CheckedFiles
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.knowledge import Knowledge
from foretype.flows.providers.remote_models import Places
from foretype.flows.token import Token
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.models.ids import Runs, parse_model_id
from foretype.models.local_servers import OLLAMA, ollama_address

ROLES_WITH_DEFAULTS: tuple[Role, ...] = ("complete", "edit", "chat")


@dataclass(frozen=True)
class Access:
    """What models are reached with."""

    environment: Environment
    upstream: Upstream
    token: Token
    router_models: RouterModels
    local_models: FileModels
    local_files: CheckedFiles
    knowledge: Knowledge = field(default_factory=Knowledge)


def uses_router(settings: Settings, choices: Choices | None = None) -> bool:
    """Whether any role has a model of the router, by the settings or by the user's own choice."""
    models = [written for role in ROLES for written in settings.models.chain(role)]
    models += [chosen for role in ROLES if (chosen := choices.of(role))] if choices else []
    return settings.router is not None and any(map(is_routed, models))


def leaves_a_choice(settings: Settings) -> bool:
    """Whether some role has no model set, so that the router's default takes it where a token is found."""
    return settings.router is not None and not all(map(settings.models.chain, ROLES_WITH_DEFAULTS))


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
    return Reach(replace(router, headers=bill_to), hub_of(settings, token, access.environment))


def hub_of(settings: Settings, token: Key, environment: Environment) -> Endpoint | None:
    """The Hub with the token for it; None where its address must not be used."""
    if settings.hub is None:
        return None
    return hugging_face(settings.hub.url, settings.hub_key(token), environment)


def places_of(settings: Settings, access: Access) -> Places:
    """Who is asked what there is: with the token where one is known, as what is private shows only then."""
    token, environment = access.token.key, access.environment
    router, hub = settings.router, settings.hub
    return Places(
        hugging_face(router.url, settings.router_key(token), environment) if router else None,
        hugging_face(hub.url, settings.hub_key(token), environment) if hub else None,
    )


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


def ollama_of(environment: Environment) -> Endpoint | None:
    """The Ollama of this machine, which needs no declaring; None where OLLAMA_HOST names another one."""
    address = ollama_address(environment.variables)
    return Endpoint(name=OLLAMA, base_url=address.url, dialect="ollama") if address else None
