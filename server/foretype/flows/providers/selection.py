"""What the user picks by hand, checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.config.model_trust import file_named_by
from foretype.config.settings import Role
from foretype.errors import ModelIdError
from foretype.flows.providers.registry import Registry
from foretype.flows.roles import Chosen
from foretype.models.ids import Runs


@dataclass(frozen=True)
class Selection:
    """`changed` is called when another model may answer from now on."""

    registry: Callable[[], Registry]
    changed: Callable[[], None]

    async def select(self, role: Role, model: str | None) -> Chosen:
        """The model that answers for a role now. A file is named in the settings, where trust judges it."""
        registry = self.registry()
        chosen, needs_token = None, False
        if model:
            parsed = registry.parse(model)
            chosen = str(parsed)
            needs_token = parsed.runs is Runs.ROUTER and registry.settings.router is not None
            is_listed = chosen in registry.settings.models.chain(role)
            if file_named_by(chosen) is not None and not is_listed:
                raise ModelIdError(f"'{model}' is a file: name it in `models.{role}` of config.toml.")
        registry.access.knowledge.choices.choose(role, chosen)
        self.changed()
        if needs_token:
            await registry.access.token.settled()
        return registry.outlook(role)
