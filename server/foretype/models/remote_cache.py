"""The list of remote models kept in the cache folder, with the time it was gathered."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from foretype.config.private_files import write_private
from foretype.errors import StorageError
from foretype.models.remote import RemoteModel, Serving

FILE = "remote-models.json"
VERSION = 2
MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class RemoteList:
    """What is known of remote models: since when, whether more is on its way, and what went wrong.

    A list with a problem is a part of what there is; it is gathered again soon.
    """

    models: tuple[RemoteModel, ...] = ()
    gathered_at: datetime | None = None
    is_complete: bool = False
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.gathered_at is not None and not self.problems

    def age_s(self, now: datetime) -> float | None:
        return None if self.gathered_at is None else max(0.0, (now - self.gathered_at).total_seconds())

    def find(self, name: str) -> RemoteModel | None:
        return next((model for model in self.models if model.name == name), None)


def cache_file(cache: Path | None) -> Path | None:
    return cache / FILE if cache else None


def read_list(path: Path | None, origin: str) -> RemoteList:
    """The kept list of one router; an empty one where there is none that can be read."""
    try:
        if path is None or path.stat().st_size > MOST_BYTES:
            return RemoteList()
        content = json.loads(path.read_text(encoding="utf-8"))
        if (content["version"], content["origin"]) != (VERSION, origin):
            return RemoteList()
        models = tuple(model_of(row) for row in content["models"])
        problems = tuple(str(problem) for problem in content["problems"])
        return RemoteList(models, datetime.fromisoformat(content["gathered_at"]), True, problems)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return RemoteList()


def keep_list(path: Path | None, origin: str, gathered: RemoteList) -> None:
    """Keep a list; where that cannot be done it is gathered again another time."""
    if path is None or gathered.gathered_at is None:
        return
    content = {
        "version": VERSION,
        "origin": origin,
        "gathered_at": gathered.gathered_at.isoformat(),
        "problems": gathered.problems,
        "models": [asdict(model) for model in gathered.models],
    }
    try:
        write_private(path, json.dumps(content).encode())
    except StorageError:
        return


def model_of(row: dict[str, Any]) -> RemoteModel:
    servings = tuple(Serving(**serving) for serving in row.pop("servings"))
    return RemoteModel(**row, servings=servings)
