"""The predictor that learns from the user's own code, as a source of one model."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.config.settings import Role, Settings
from foretype.flows.access import Access
from foretype.flows.completion.workspace_writer import WorkspaceWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.health import Pulse
from foretype.flows.providers.provider import Listing, Row
from foretype.models.ids import WORKSPACE, ModelId

TITLE = "Your own code"
NOTE = "Learns from your open files and your workspace, on this machine."


@dataclass(frozen=True)
class BuiltinProvider:
    """Always there."""

    settings: Settings
    access: Access
    name: str = "builtin"

    async def list(self) -> Listing:
        return Listing((self._row(),))

    def check(self, model: ModelId, role: Role) -> str:
        return ""

    def trouble(self, model: ModelId, role: Role) -> None:
        return None

    async def is_back(self, model: ModelId) -> bool:
        return True

    def resolve(self, model: ModelId) -> Row:
        return self._row()

    def health(self, model: ModelId) -> tuple[Pulse, ...]:
        return ()

    def writer(self, model: ModelId) -> Writer:
        is_named = WORKSPACE in self.settings.models.complete
        return WorkspaceWriter(self.access.knowledge.workspace, when_typed=is_named)

    def answerer(self, model: ModelId, role: Role) -> Answerer | None:
        return None

    def _row(self) -> Row:
        return Row(WORKSPACE, TITLE, self.name, ("complete",), is_here=True, note=NOTE)
