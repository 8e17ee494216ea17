"""What settings from an editor may do: they may come from a hostile repository.

Every setting has its rule in the table; a setting without one is never taken from an editor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.config.endpoint_trust import allowed_endpoints
from foretype.config.judgement import Ground, Verdicts, value_at
from foretype.config.model_trust import allowed_chain
from foretype.config.parse import Layer
from foretype.config.plain import Findings, Plain, dotted
from foretype.config.settings import BudgetSettings

if TYPE_CHECKING:
    from foretype.config.problems import Question

ONLY_LOWER = "can only be lowered here, because it is your money; raise it in config.toml"
STAYS_OFF = "config.toml turns this off, and an editor's settings cannot turn it on"

Rule = Callable[[object, str, Ground, Verdicts], object]


def harmless(written: object, _key: str, _ground: Ground, _verdicts: Verdicts) -> object:
    """Whatever the value, nothing leaves the machine and nothing is loaded because of it."""
    return written


def may_only_turn_off(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """What config.toml turned off stays off."""
    if written is True and ground.value(key) is False:
        verdicts.refuse(key, STAYS_OFF)
        return None
    return written


def may_only_turn_languages_off(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """What config.toml turned off stays off, language by language."""
    own = ground.value(key)
    turned_off = {name for name, on in own.items() if on is False} if isinstance(own, Mapping) else set()
    allowed: Plain = {}
    for language, on in written.items() if isinstance(written, Mapping) else ():
        if on and language in turned_off:
            verdicts.refuse(dotted(key, language), STAYS_OFF)
        else:
            allowed[language] = on
    return allowed


def as_in_config_toml(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """Who pays is the user's to say."""
    if written and written != ground.value(key):
        verdicts.refuse(key, "is taken from config.toml only, because it says who pays")
        return None
    return written


def may_only_lower(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """What may be spent is the user's to say; an editor's settings can only make it less."""
    own = ground.value(key)
    if limit(written) > limit(getattr(BudgetSettings(), key.rpartition(".")[2]) if own is None else own):
        verdicts.refuse(key, ONLY_LOWER)
        return None
    return written


def may_only_lower_roles(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """The same, limit by limit; a role without one in config.toml may be given any."""
    allowed: Plain = {}
    for role, limits in written.items() if isinstance(written, Mapping) else ():
        kept: Plain = {}
        for name, most in limits.items() if isinstance(limits, Mapping) else ():
            place = f"{key}.{role}.{name}"
            if limit(most) > limit(ground.value(place)):
                verdicts.refuse(place, ONLY_LOWER)
            else:
                kept[name] = most
        allowed[role] = kept
    return allowed


def limit(written: object) -> float:
    """A limit as a number; 0 is none."""
    return float(written) if isinstance(written, int | float) and written > 0 else math.inf


def in_config_toml_only(_written: object, key: str, _ground: Ground, verdicts: Verdicts) -> object:
    """Words that are said to a model in the user's name are the user's to write."""
    verdicts.refuse(key, "is taken from config.toml only, because it speaks to models in your name")
    return None


RULES: Mapping[str, Rule] = {
    "token": harmless,  # bound to Hugging Face's origins, wherever it comes from
    "models.complete": allowed_chain,
    "models.edit": allowed_chain,
    "models.chat": allowed_chain,
    "models.embed": allowed_chain,
    "models.next_edit": allowed_chain,
    "endpoints": allowed_endpoints,
    "complete.enabled": may_only_turn_off,
    "complete.languages": may_only_turn_languages_off,
    "complete.debounce_ms": harmless,
    "complete.multiline": harmless,
    "complete.instant": harmless,
    "complete.max_tokens": harmless,
    "complete.deadline_ms": harmless,
    "context.enabled": may_only_turn_off,
    "context.max_tokens": harmless,
    "privacy.exclude": harmless,  # only ever added to what is excluded already
    "local.threads": harmless,
    "local.gpu_layers": harmless,
    "local.batch": harmless,
    "local.context": harmless,
    "local.idle_minutes": harmless,
    "local.memory_mb": harmless,
    "local.max_models": harmless,
    "actions": in_config_toml_only,
    "bill_to": as_in_config_toml,
    "budget.usd_per_month": may_only_lower,
    "budget.usd_per_day": may_only_lower,
    "budget.tokens_per_day": may_only_lower,
    "budget.roles": may_only_lower_roles,
    "budget.soft_percent": harmless,
    "log.level": harmless,
}


@dataclass(frozen=True)
class Judged:
    """An editor's settings without what they may not do, and what to ask the user about."""

    layer: Layer
    questions: tuple[Question, ...] = ()


def judge(layer: Layer, ground: Ground) -> Judged:
    """Put every setting of an untrusted source before its rule."""
    verdicts = Verdicts(Findings(layer.source))
    allowed: Plain = {}
    for key, rule in RULES.items():
        written = value_at(layer.values, key)
        kept = rule(written, key, ground, verdicts) if written is not None else None
        if kept is not None:
            put(allowed, key, kept)
    problems = layer.problems + verdicts.findings.all()
    return Judged(Layer(layer.source, allowed, problems), tuple(verdicts.questions))


def put(values: Plain, key: str, value: object) -> None:
    *sections, last = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})  # type: ignore[assignment]  # sections hold sections
    values[last] = value
