"""The checksum of each file that was downloaded here: the Hub must not have another under its name later."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.errors import StorageError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checksums:
    """By `owner/repository/file`, in a private file; without a path nothing is remembered."""

    path: Path | None

    def of(self, name: str) -> str:
        """Empty where the file was never downloaded here."""
        return self._read().get(name, "")

    def remember(self, name: str, sha256: str) -> None:
        known = self._read()
        if self.path is None or known.get(name) == sha256:
            return
        try:
            write_private(self.path, json.dumps({**known, name: sha256}, indent=1, sort_keys=True).encode())
        except StorageError as error:
            logger.warning("%s; a change of this file at the Hub will not be noticed", error)

    def _read(self) -> dict[str, str]:
        try:
            written = json.loads(read_small_file(self.path)) if self.path else {}
        except (StorageError, ValueError, RecursionError):
            return {}
        return (
            {str(name): str(sha256) for name, sha256 in written.items()} if isinstance(written, dict) else {}
        )
