"""Which llama-servers Foretype has started on this machine, for whoever is not the one that started them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.llama_server.program import HOST
from foretype.config.private_files import read_small_file
from foretype.errors import StorageError
from foretype.models.local_servers import answer


@dataclass(frozen=True)
class Record:
    """A server that answers, and what it was started with."""

    model: str
    context_tokens: int
    memory_bytes: int


def records_in(folder: Path) -> Iterator[Record]:
    """Every server that still answers; not on the thread that serves."""
    for path in sorted(folder.glob("*.json")):
        if answer(f"http://{HOST}:{path.stem}/health") is None:
            continue
        try:
            written = json.loads(read_small_file(path))
            yield Record(str(written["model"]), int(written["context"]), int(written["bytes"]))
        except (StorageError, ValueError, LookupError, TypeError):
            continue
