"""What the tests of the settings have in common: a home, sources, and one call that resolves them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from foretype.config.consents import Consents
from foretype.config.environment import Environment, read_environment
from foretype.config.resolve import Resolved, Sources, resolve

MODEL_FOLDER = Path("/home/me/.local/share/foretype/models")
NO_VARIABLES: Mapping[str, str] = {}


def resolved(
    editor: object = None,
    toml: object = None,
    variables: Mapping[str, str] = NO_VARIABLES,
    consents: Consents | None = None,
    initialization: object = None,
    model_folder: Path | None = MODEL_FOLDER,
) -> Resolved:
    """Resolve what an editor sent over what config.toml says; model files are what their names say."""
    environment: Environment = read_environment(variables)
    return resolve(
        Sources(config_toml=toml, initialization_options=initialization, configuration=editor),
        environment,
        consents or Consents(),
        model_folder,
        real_path=lambda path: path,
    )


def problem_keys(outcome: Resolved) -> list[str]:
    return [problem.key for problem in outcome.problems]
