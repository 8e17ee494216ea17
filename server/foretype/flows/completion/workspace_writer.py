"""The predictor as the last entry of a chain: for whoever asks by hand and gets nothing from a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.errors import NotReadyError
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import Order
from foretype.models.ids import WORKSPACE
from foretype.postprocess.suggestion import Suggestion
from foretype.stream.filters import Deltas


@dataclass(frozen=True)
class WorkspaceWriter:
    """`when_typed` is for a user who named it: else it has spoken already, before any model was asked."""

    suggest: Callable[[Situation], Suggestion | None]
    when_typed: bool
    name: str = WORKSPACE

    async def write(self, order: Order) -> Deltas:
        """What the user's own code suggests; having nothing to say is no silence that is remembered."""
        wanted = self.when_typed or order.situation.is_invoked
        suggestion = self.suggest(order.situation) if wanted else None
        if suggestion is None:
            raise NotReadyError("Your own code suggests nothing here.", endpoint=WORKSPACE, model=WORKSPACE)
        yield suggestion.text
