"""foretype.status: what the server is doing, for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from foretype.config.live import LiveSettings
from foretype.documents.store import Documents
from foretype.flows.completion.flow import Completion
from foretype.flows.learning import Learning
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json


def commands_of(
    settings: LiveSettings, documents: Documents, completion: Completion, learning: Learning
) -> dict[str, Command]:
    async def status(arguments: Sequence[Json]) -> Json:
        return {
            "state": "idle",
            "documents": len(documents),
            "problems": [str(problem) for problem in settings.resolved.problems],
            "suggestions": asdict(completion.offers.tally),
            "answered_by": completion.answered_by,
            "has_read_workspace": learning.is_done,
        }

    return {"foretype.status": status}
