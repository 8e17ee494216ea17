"""Models on this disk: how they come there, and the question about one that is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from foretype.app.ground import Ground
from foretype.app.models import Models
from foretype.config.settings import ROLES
from foretype.flows.fitting_models import Wish, wish_for
from foretype.flows.local_file import local_files
from foretype.flows.pulling import pulling_with
from foretype.flows.pulls import Pulls
from foretype.keys.key import Key
from foretype.lsp import local_models
from foretype.lsp.commands import Command
from foretype.lsp.smaller_model import SmallerModel
from foretype.models.asked_before import AskedBefore
from foretype.models.local_files import LocalModel

logger = logging.getLogger(__name__)


class Local:
    """`found` is called where a model can be asked that could not."""

    def __init__(self, ground: Ground, models: Models, found: Callable[[], None]) -> None:
        self._ground = ground
        self._models = models
        self._found = found
        pulling = partial(pulling_with, ground.environment, ground.folders.models, self._token_for_hub)
        self.pulls = Pulls(pulling, ground.progress.shown, self._arrived)
        state = ground.folders.state
        asked = AskedBefore(state / "models_asked_about.json" if state else None)
        offer = local_models.Offer(ground.server, self.pulls, asked, ground.window, ground.tasks)
        ground.settings.observe(offer.consider)
        self._files = partial(local_files, ground.environment, ground.folders.models)
        smaller = SmallerModel(
            ground.server, self._wish_for, models.selection.select, self.pulls, ground.window, ground.tasks
        )
        ground.offer(smaller.consider)

    def commands(self) -> dict[str, Command]:
        return local_models.commands_of(self._ground.server, self.pulls, self._models.reach.local.restart)

    async def close(self) -> None:
        await self.pulls.close()

    def _wish_for(self, file: str) -> Wish | None:
        registry = self._models.registry()
        named = {role: tuple(registry.models_for(role)) for role in ROLES}
        return wish_for(file, named, registry.settings, self._files())

    def _token_for_hub(self) -> Key | None:
        """Looked for anew on the thread that downloads: the router may never have been asked for."""
        return self._models.token.look(self._ground.settings.now.token)

    def _arrived(self, model: LocalModel) -> None:
        """It is asked from the next key on, also where a model before it had nothing to say."""
        logger.info("%s is on this machine now", model.id)
        self._found()
