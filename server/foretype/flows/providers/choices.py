"""The models that the user picked by hand, a role each; they stand before what the settings say."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.config.settings import ROLES, Role
from foretype.errors import StorageError

logger = logging.getLogger(__name__)

FILE = "choices.json"


class Choices:
    """Kept in the state folder, beside the user's config.toml and never in it."""

    def __init__(self, state: Path | None) -> None:
        self._path = state / FILE if state else None
        self._chosen = read(self._path)

    def of(self, role: Role) -> str | None:
        return self._chosen.get(role)

    def choose(self, role: Role, model: str | None) -> None:
        """Put a model first in a role, or give the role back to the settings."""
        chosen: dict[Role, str] = {**read(self._path), **self._chosen}
        chosen.pop(role, None)
        if model:
            chosen[role] = model
        self._chosen = chosen
        try:
            if self._path:
                write_private(self._path, json.dumps(chosen, indent=1).encode())
        except StorageError as problem:
            logger.warning("%s; the choice holds until the editor closes", problem)


def read(path: Path | None) -> Mapping[Role, str]:
    """What is kept; a file that is missing or broken keeps nothing."""
    try:
        written = json.loads(read_small_file(path)) if path and path.exists() else {}
        return {role: str(written[role]) for role in ROLES if written.get(role)}
    except (StorageError, ValueError, AttributeError, RecursionError):
        return {}
