"""The file that a `local:` id names: looked for and checked once, and again where it changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foretype.config.environment import Environment
from foretype.engine.failures import LOCAL
from foretype.errors import LocalModelError, ModelFileError, ModelMissingError, NotReadyError
from foretype.models.local_catalogue import read_catalogue
from foretype.models.local_files import LocalFiles
from foretype.models.stores import stores_of

BELIEVED_S = 2.0


def local_files(environment: Environment, model_folder: Path | None) -> LocalFiles:
    """The models on this user's disk: in our own folder, and where other programs keep theirs."""
    return LocalFiles(stores_of(environment, model_folder), read_catalogue())


@dataclass(frozen=True)
class Seen:
    """A file as it was when it was checked."""

    path: Path
    size: int
    changed_ns: int
    context_tokens: int = 0


class CheckedFiles:
    """Reads a model's head once; the disk is asked on another thread, and not at every key."""

    def __init__(self, files: Callable[[], LocalFiles], believed_s: float = BELIEVED_S) -> None:
        self._files = files
        self._believed_s = believed_s
        self._seen: dict[str, Seen] = {}
        self._looked_at: dict[str, float] = {}

    async def path_of(self, name: str) -> Path:
        """The file; a missing one is told where the settings are looked at, and here only passed over."""
        return (await self._checked(name)).path

    async def context_of(self, name: str) -> int:
        """The most tokens that the model was made to read; 0 where its head does not say."""
        return (await self._checked(name)).context_tokens

    async def _checked(self, name: str) -> Seen:
        known = self._seen.get(name)
        if known is not None and time.monotonic() - self._looked_at.get(name, 0.0) < self._believed_s:
            return known
        try:
            return await asyncio.to_thread(self._find, name)
        except ModelMissingError as problem:
            raise NotReadyError(str(problem), endpoint=LOCAL, model=name) from problem
        except ModelFileError as problem:
            raise LocalModelError(str(problem), endpoint=LOCAL, model=name) from problem

    def _find(self, name: str) -> Seen:
        before = self._seen.pop(name, None)
        if before is None or seen(before.path, before.context_tokens) != before:
            found = self._files().find(name)
            before = seen(found.path, found.header.context_tokens or 0)
        if before is None:
            raise ModelMissingError(f"The file of local:{name} has gone while it was looked at.")
        self._seen[name], self._looked_at[name] = before, time.monotonic()
        return before


def seen(path: Path, context_tokens: int) -> Seen | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Seen(path, found.st_size, found.st_mtime_ns, context_tokens)
