"""Which model answers for a role, and why that one and not the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foretype.backends.breaker import CircuitBreaker, State
from foretype.backends.endpoint import origin_of
from foretype.config.settings import ROLES, Role, Settings
from foretype.engine.failures import is_installed
from foretype.errors import ModelIdError
from foretype.keys.key import Key
from foretype.models.ids import WORKSPACE, ModelId, Runs, parse_model_id


@dataclass(frozen=True)
class Chosen:
    """The model that is asked first; without one, `reason` says what is missing."""

    model: str
    reason: str


def chosen(settings: Settings, token: Key | None, breaker: CircuitBreaker) -> dict[Role, Chosen]:
    return {role: for_role(role, settings, token, breaker) for role in ROLES}


def for_role(
    role: Role,
    settings: Settings,
    token: Key | None,
    breaker: CircuitBreaker,
    models: Sequence[str] | None = None,
    limit: str = "",
) -> Chosen:
    """The first model that nothing speaks against; every completion chain ends with the user's own code.

    `models` are those of the role where they are not only the settings' own, and `limit` is what the user
    allows Hugging Face's models, once it is reached.
    """
    passed_over: list[str] = []
    for written in chain(role, settings) if models is None else models:
        obstacle = obstacle_to(written, settings, token, breaker)
        if not obstacle and limit and written.startswith(f"{Runs.ROUTER.value}:"):
            obstacle = f"you allow {limit}"
        if obstacle is None:
            so = f"{'; '.join(passed_over)}; so {written}" if passed_over else ""
            return Chosen(written, so)
        passed_over.append(f"{written}: {obstacle.rstrip('.')}")
    return Chosen("", "; ".join(passed_over) or f"no model is set in `models.{role}`")


def chain(role: Role, settings: Settings) -> Iterator[str]:
    models = settings.models.chain(role)
    yield from models
    if role == "complete" and settings.complete.instant and WORKSPACE not in models:
        yield WORKSPACE


def obstacle_to(written: str, settings: Settings, token: Key | None, breaker: CircuitBreaker) -> str | None:
    """What keeps a model from being asked; None where nothing is known to."""
    try:
        model = parse_model_id(written, settings.endpoints)
    except ModelIdError as problem:
        return str(problem)
    if model.runs is Runs.ROUTER:
        if settings.router is None:
            return "FORETYPE_ROUTER_URL names no address that can be used"
        return circuit(settings.router.url, model, breaker) if token else "there is no token"
    if model.runs is Runs.ENDPOINT:
        return circuit(settings.endpoints[model.endpoint].address.url, model, breaker)
    if model.runs is Runs.LOCAL and not is_installed():
        return "llama-cpp-python is not installed"
    return None


def circuit(url: str, model: ModelId, breaker: CircuitBreaker) -> str | None:
    """Why the breaker keeps requests from this model's server, or from this model there."""
    origin, names = origin_of(url), ("", model.name, model.routed)
    for report in breaker.reports():
        place = report.place
        if report.state is State.OPEN and place.origin == origin and place.model in names:
            return report.reason
    return None
