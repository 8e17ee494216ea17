"""`foretype models ps`: what is loaded now, and what it takes."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from foretype.backends.file_models import servers_folder
from foretype.backends.llama_server.records import records_in
from foretype.cli.models.shelf import Shelf, shelf
from foretype.config.environment import Environment
from foretype.engine.client import Engine
from foretype.errors import StorageError
from foretype.models.local_servers import loaded_in_ollama, ollama_address
from foretype.models.memory_fit import gigabytes


@dataclass(frozen=True)
class Loaded:
    """A model in memory; a figure that nobody keeps is None."""

    model: str
    by: str
    memory_bytes: int | None = None
    context_tokens: int | None = None
    tokens_per_s: float | None = None
    reused_share: float | None = None
    users: int | None = None


Source = Callable[[Shelf], Sequence[Loaded]]


def run(options: argparse.Namespace) -> int:
    found = shelf()
    rows = [row for source in SOURCES for row in source(found)]
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    elif rows:
        print("\n".join(map(line, rows)))
    else:
        print("no model is loaded")
    return 0


def line(row: Loaded) -> str:
    facts = [
        f"in {row.by}",
        gigabytes(row.memory_bytes) if row.memory_bytes is not None else "",
        f"context {row.context_tokens}" if row.context_tokens is not None else "",
        f"{row.tokens_per_s:.0f} tokens/s" if row.tokens_per_s is not None else "",
        f"{row.reused_share:.0%} reused" if row.reused_share is not None else "",
        f"{row.users} editor{'s' * (row.users != 1)}" if row.users is not None else "",
    ]
    return f"{row.model}    {', '.join(filter(None, facts))}"


def by_ollama(found: Shelf) -> Sequence[Loaded]:
    address = ollama_address(found.environment.variables)
    models = loaded_in_ollama(address.url) if address else ()
    return [
        Loaded(f"ollama:{model.name}", "Ollama", model.size_bytes or None, model.context_tokens or None)
        for model in models
    ]


def by_engine(found: Shelf) -> Sequence[Loaded]:
    """What our own engine holds, whichever editor wanted it; none is started for this."""
    return asyncio.run(_in_engine(found.environment))


def by_llama_server(found: Shelf) -> Sequence[Loaded]:
    """What llama-servers hold that an editor has started, where llama-cpp-python is not installed."""
    try:
        folder = servers_folder(found.environment)
    except StorageError:
        return ()
    return [
        Loaded(f"local:{each.model}", "llama-server", each.memory_bytes, each.context_tokens, users=1)
        for each in records_in(folder)
    ]


async def _in_engine(environment: Environment) -> list[Loaded]:
    engine = Engine(environment)
    try:
        rows = await engine.loaded()
    finally:
        await engine.close()
    return [
        Loaded(
            f"local:{row['model']}",
            "Foretype",
            row["file_bytes"],
            row["context"],
            row["tokens_per_s"],
            row["reused"],
            row["users"],
        )
        for row in rows
    ]


SOURCES: tuple[Source, ...] = (by_engine, by_llama_server, by_ollama)
