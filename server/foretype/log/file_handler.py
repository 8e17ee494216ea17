"""The log file: private, of bounded size, imported only where one is asked for."""

from __future__ import annotations

import logging.handlers
import os
import stat
from io import TextIOWrapper
from pathlib import Path

BYTES_PER_FILE = 5_000_000
OLDER_FILES_KEPT = 3
PRIVATE_FILE = 0o600


class PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """Log lines in a file that only its owner may read, with a few older files beside it."""

    def __init__(self, path: Path, bytes_per_file: int = BYTES_PER_FILE) -> None:
        super().__init__(path, maxBytes=bytes_per_file, backupCount=OLDER_FILES_KEPT, encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the name is logging's
        """A full disk loses the line, and nothing else."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors="replace", opener=open_private)


def open_private(path: str, flags: int) -> int:
    """Open for the owner alone, whatever the umask, and without waiting for the other end of a pipe."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), PRIVATE_FILE)
    if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, PRIVATE_FILE)
    return descriptor
