"""What the user picks by hand, checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.config.model_trust import file_named_by
from foretype.config.settings import Role
from foretype.errors import ModelIdError
from foretype.flows.providers.registry import Registry
from foretype.flows.roles import Chosen


@dataclass(frozen=True)
class Selection:
    """`changed` is called when another model may answer from now on."""

    registry: Callable[[], Registry]
    changed: Callable[[], None]

    def select(self, role: Role, model: str | None) -> Chosen:
        """The model that answers for a role now. A file is named in the settings, where trust judges it."""
        registry = self.registry()
        chosen = None
        if model:
            chosen = str(registry.parse(model))
            is_listed = chosen in registry.settings.models.chain(role)
            if file_named_by(chosen) is not None and not is_listed:
                raise ModelIdError(f"'{model}' is a file: name it in `models.{role}` of config.toml.")
        registry.access.knowledge.choices.choose(role, chosen)
        self.changed()
        return registry.outlook(role)
