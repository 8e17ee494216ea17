"""Which models the user was asked about, kept in a private file: a question is asked once."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.errors import StorageError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AskedBefore:
    """Without a path nothing is remembered, and the next server asks again."""

    path: Path | None

    def knows(self, id: str) -> bool:
        return id in self._read()

    def remember(self, id: str) -> None:
        if self.path is None:
            return
        try:
            write_private(self.path, json.dumps(sorted(self._read() | {id})).encode())
        except StorageError as error:
            logger.warning("%s; the question will be asked again", error)

    def _read(self) -> frozenset[str]:
        try:
            written = json.loads(read_small_file(self.path)) if self.path else []
        except (StorageError, ValueError, RecursionError):
            return frozenset()
        return frozenset(map(str, written)) if isinstance(written, list) else frozenset()
