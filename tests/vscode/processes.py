"""The processes that one test has started, itself or through others, and what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KIB = 1024


@dataclass(frozen=True)
class Process:
    id: int
    words: tuple[str, ...] = ()

    @property
    def memory_bytes(self) -> int:
        """What it has in memory now."""
        status = Path(f"/proc/{self.id}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * KIB for line in status.splitlines() if line.startswith("VmRSS:"))

    @property
    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.id}/fd").iterdir()))


def processes_of(folder: Path) -> list[Process]:
    """The processes that have this folder, which is one test's alone, in their words or their environment.

    The environment is handed on, so that whoever was started is found, wherever they have gone since.
    """
    return sorted(running(folder), key=lambda process: process.id)


def running(folder: Path) -> Iterator[Process]:
    name = os.fsencode(folder)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            variables = (entry / "environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if name in words or name in variables:
            yield Process(int(entry.name), tuple(words.decode(errors="replace").rstrip("\0").split("\0")))
