"""The frozen Settings, built from layers that have been parsed and judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from foretype.config.environment import TOKEN_VARIABLES, Environment
from foretype.config.merge import merged
from foretype.config.plain import Findings
from foretype.config.problems import CONFIG_TOML, Problem
from foretype.config.settings import (
    ActionSettings,
    Endpoint,
    ModelSettings,
    PrivacySettings,
    RoleBudget,
    Settings,
)
from foretype.errors import KeyFormatError, OriginError
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key, parse_key
from foretype.keys.origin import Origin, is_private_in_transit, parse_address

if TYPE_CHECKING:
    from foretype.config.parse import Layer

Section = TypeVar("Section")


def build_settings(layers: Sequence[Layer], environment: Environment) -> tuple[Settings, tuple[Problem, ...]]:
    """The layers from the lowest to the highest, over the defaults; the lowest one is config.toml."""
    values: Any = merged(layer.values for layer in layers)
    token, token_problems = settings_token(layers)
    endpoints, endpoint_problems = built_endpoints(values.get("endpoints", {}), environment)
    default = Settings()
    settings = Settings(
        token=token,
        models=ModelSettings(**{role: tuple(chain) for role, chain in values.get("models", {}).items()}),
        endpoints=endpoints,
        complete=over(
            default.complete, with_languages(default.complete.languages, values.get("complete", {}))
        ),
        context=over(default.context, values.get("context", {})),
        privacy=PrivacySettings(exclude=tuple(values.get("privacy", {}).get("exclude", ()))),
        local=over(default.local, values.get("local", {})),
        actions=built_actions(values.get("actions", {})),
        bill_to=values.get("bill_to", ""),
        budget=over(default.budget, with_role_budgets(values.get("budget", {}))),
        log=over(default.log, values.get("log", {})),
        hub=environment.hub,
        router=environment.router,
    )
    return settings, token_problems + endpoint_problems


def over(default: Section, values: Mapping[str, object]) -> Section:
    """A section with these values in place of the defaults; "auto" becomes None."""
    decided = {name: None if value == "auto" else value for name, value in values.items()}
    replaced: Any = dataclasses.replace(default, **decided)  # type: ignore[type-var]  # sections are dataclasses
    section: Section = replaced
    return section


def with_languages(default: Mapping[str, bool], complete: Mapping[str, Any]) -> Mapping[str, Any]:
    languages = {**default, **complete.get("languages", {})}
    return {**complete, "languages": MappingProxyType(languages)}


def with_role_budgets(budget: Mapping[str, Any]) -> Mapping[str, Any]:
    roles = {role: RoleBudget(**limits) for role, limits in budget.get("roles", {}).items()}
    return {**budget, "roles": MappingProxyType(roles)}


def settings_token(layers: Sequence[Layer]) -> tuple[Key | None, tuple[Problem, ...]]:
    """The token of the highest layer that has a usable one."""
    findings: list[Problem] = []
    for layer in reversed(layers):
        written = layer.values.get("token")
        token, problem = usable_key(str(written), layer.source) if written else (None, None)
        if problem:
            findings.append(problem)
        if token:
            return token, tuple(findings)
    return None, tuple(findings)


def usable_key(written: str, source: str) -> tuple[Key | None, Problem | None]:
    try:
        return parse_key(written), None
    except KeyFormatError as error:
        return None, Problem("token", source, f"the token {error}; it is not used")


def built_endpoints(
    written: Mapping[str, Any], environment: Environment
) -> tuple[Mapping[str, Endpoint], tuple[Problem, ...]]:
    findings = Findings(CONFIG_TOML)
    built: dict[str, Endpoint] = {}
    for name, values in written.items():
        key = f"endpoints.{name}"
        try:
            address = parse_address(values["url"])
        except OriginError as error:
            findings.add(f"{key}.url", str(error))
            continue
        if not is_private_in_transit(address.origin):
            findings.add(f"{key}.url", "must be https: plain http is for servers on this machine")
            continue
        bound = endpoint_key(
            values.get("key_env", ""), address.origin, environment, f"{key}.key_env", findings
        )
        built[name] = Endpoint(name, address, values.get("dialect", "openai"), bound)
    return MappingProxyType(built), findings.all()


def built_actions(written: Mapping[str, Any]) -> Mapping[str, ActionSettings]:
    return MappingProxyType({name: ActionSettings(**values) for name, values in written.items()})


def endpoint_key(
    variable: str, origin: Origin, environment: Environment, key: str, findings: Findings
) -> BoundKey | None:
    """The key in a variable, bound to the endpoint's origin; only config.toml ever names a variable."""
    if not variable:
        return None
    if variable in TOKEN_VARIABLES:
        findings.add(key, "holds the Hugging Face token, which goes nowhere else; name another variable")
        return None
    try:
        return BoundKey(parse_key(environment.variables.get(variable, "")), origin)
    except KeyFormatError as error:
        findings.add(key, f"the key in {variable} {error}; the endpoint is used without one")
        return None
