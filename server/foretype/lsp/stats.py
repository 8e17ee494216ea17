"""foretype.stats: what was asked of models and what became of it, out of the history on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from foretype.flows.providers.budget import Spending
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.protocol import StatsParams
from foretype.lsp.server import Server


def commands_of(server: Server, path: Path | None, spending: Callable[[], Spending]) -> dict[str, Command]:
    async def stats(arguments: Sequence[Json]) -> Json:
        from foretype.stats.summary import summary_of

        days = server.argument(arguments or [{}], StatsParams, "foretype.stats").days
        summary = await asyncio.to_thread(summary_of, path, max(1, days), time.time())
        limits = [asdict(limit) for limit in spending().limits()]
        return {**asdict(summary), "spent": asdict(spending().spent), "limits": limits}

    return {"foretype.stats": stats}
