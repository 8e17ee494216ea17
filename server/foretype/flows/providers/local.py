"""Model files on this machine as a source of models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from foretype.backends.file_models import Counted
from foretype.config.settings import Role, Settings
from foretype.flows.access import Access
from foretype.flows.completion.local_writer import LocalWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.model_answerers import LocalAnswerer
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.health import Pulse
from foretype.flows.providers.knowledge import LocalModel
from foretype.flows.providers.metered import Metering
from foretype.flows.providers.provider import Listing, Row
from foretype.models.catalogue import catalogue
from foretype.models.ids import ModelId
from foretype.prompt.budget import prompt_tokens_for


@dataclass(frozen=True)
class LocalProvider:
    """What `Knowledge.local_models` finds on the disk, run by the engine. Its answers cost nothing."""

    settings: Settings
    access: Access
    name: str = "local"

    async def list(self) -> Listing:
        return Listing(tuple(map(self._row, self.access.knowledge.local_models())))

    def check(self, model: ModelId, role: Role) -> str:
        return self.access.local_models.obstacle

    def trouble(self, model: ModelId, role: Role) -> None:
        """The engine has a budget of its own for breakdowns, and starts again by itself."""
        return

    async def is_back(self, model: ModelId) -> bool:
        return True

    def resolve(self, model: ModelId) -> Row:
        for found in self.access.knowledge.local_models():
            if found.id == str(model):
                return self._row(found)
        entry = catalogue().find(model.name)
        title, roles = (entry.title, entry.roles) if entry else (model.name, ())
        return Row(str(model), title, self.name, roles, note=entry.note if entry else "")

    def health(self, model: ModelId) -> tuple[Pulse, ...]:
        return self.access.knowledge.health.of(str(model))

    def writer(self, model: ModelId) -> Writer:
        settings = self.settings
        most = prompt_tokens_for(settings.local.context, settings.complete.max_tokens)
        find = partial(self.access.local_files.path_of, model.name)
        return LocalWriter(str(model), most, find, self.access.local_models, self._counted(model, "complete"))

    def answerer(self, model: ModelId, role: Role) -> Answerer:
        find = partial(self.access.local_files.path_of, model.name)
        return LocalAnswerer(str(model), find, self.access.local_models, self._counted(model, role))

    def _counted(self, model: ModelId, role: Role) -> Counted:
        metering = Metering(model, role, self.settings.budget, self.access.knowledge)
        return partial(metering.counted, provider=self.name)

    async def context_tokens(self, model: ModelId) -> int:
        """What the engine holds of a text: as the settings say, and no more than the model was made for."""
        most = self.settings.local.context
        return min(most, await self.access.local_files.context_of(model.name) or most)

    def _row(self, found: LocalModel) -> Row:
        size, memory = found.size_mb, found.memory_mb
        return Row(
            found.id, found.title, self.name, found.roles, size_mb=size, memory_mb=memory, is_here=True
        )
