"""From every source to the settings in force: parsed, judged, merged and built, once per change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.config.build import build_settings
from foretype.config.judgement import Ground
from foretype.config.parse import Layer, parse_layer
from foretype.config.problems import (
    COMMAND_LINE,
    CONFIG_TOML,
    CONFIGURATION,
    INITIALIZATION_OPTIONS,
    Problem,
    Question,
)
from foretype.config.trust import judge

if TYPE_CHECKING:
    from foretype.config.consents import Consents
    from foretype.config.environment import Environment
    from foretype.config.settings import Settings


@dataclass(frozen=True)
class Sources:
    """What each source sent, untouched: config.toml is the user's own, the others may be anybody's."""

    config_toml: object = field(default=None, repr=False)
    initialization_options: object = field(default=None, repr=False)
    configuration: object = field(default=None, repr=False)


@dataclass(frozen=True)
class Layers:
    """What was parsed of each source, and not yet judged."""

    config_toml: Layer = field(default_factory=partial(Layer, CONFIG_TOML))
    initialization_options: Layer = field(default_factory=partial(Layer, INITIALIZATION_OPTIONS))
    configuration: Layer = field(default_factory=partial(Layer, CONFIGURATION))
    command_line: Layer = field(default_factory=partial(Layer, COMMAND_LINE))


@dataclass(frozen=True)
class Resolved:
    """The settings in force, what was wrong with what was written, and what only the user can allow."""

    settings: Settings
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()


def resolve(
    sources: Sources,
    environment: Environment,
    consents: Consents,
    model_folder: Path | None,
    real_path: Callable[[Path], Path] = Path.resolve,
) -> Resolved:
    """Never raises: a wrong key is a problem, and what stands below it stays in force."""
    layers = Layers(
        parse_layer(sources.config_toml, CONFIG_TOML),
        parse_layer(sources.initialization_options, INITIALIZATION_OPTIONS),
        parse_layer(sources.configuration, CONFIGURATION),
        parse_layer(chosen_by_hand(environment), COMMAND_LINE),
    )
    return settle(layers, environment, consents, model_folder, real_path)


def settle(
    layers: Layers,
    environment: Environment,
    consents: Consents,
    model_folder: Path | None,
    real_path: Callable[[Path], Path] = Path.resolve,
) -> Resolved:
    """Judge what others sent by what the user wrote, and build the settings of what is left."""
    ground = Ground(layers.config_toml.values, environment, consents, model_folder, real_path)
    judged = [judge(layers.initialization_options, ground), judge(layers.configuration, ground)]
    in_turn = [layers.config_toml, *(each.layer for each in judged), layers.command_line]
    settings, build_problems = build_settings(in_turn, environment)
    problems = environment.problems + sum((layer.problems for layer in in_turn), ()) + build_problems
    questions = (question for each in judged for question in each.questions)
    return Resolved(settings, tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(questions)))


def chosen_by_hand(environment: Environment) -> object:
    """What the user wrote on the command line stands above all, as it was meant for this one time."""
    chains = {role: [model] for role, model in environment.models.items()}
    return {"models": chains} if chains else None
