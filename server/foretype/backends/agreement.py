"""How often a model's answer stays the same if the text behind the cursor is moved instead of read again.

It is measured by `foretype eval --agreement`, for one file on one machine, and remembered.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.errors import StorageError

logger = logging.getLogger(__name__)

FEWEST_HOLES = 100
# A file in eight bits agrees with the original in 97.6 % of its tokens and 11 of 12 texts, and nobody minds:
# moving may cost as little. Of a hundred holes, 95 leave the true share above 88 % with great certainty.
LEAST_SAME_ANSWERS = 0.95


@dataclass(frozen=True)
class FileId:
    """A file as it was when it was measured: after any change it is another model."""

    name: str
    bytes: int
    changed_ns: int


@dataclass(frozen=True)
class Agreement:
    """Over so many holes, with at most so many tokens behind the cursor: the shares of first tokens and of
    whole answers that stayed the same; the median milliseconds of a key both ways; and the day."""

    holes: int
    suffix_tokens: int
    same_first: float
    same_answer: float
    exact_ms: float
    moved_ms: float
    day: str

    @property
    def is_enough(self) -> bool:
        """Whether the text may be moved: it is near enough, and it saves time on this machine."""
        is_sure = self.holes >= FEWEST_HOLES and self.same_answer >= LEAST_SAME_ANSWERS
        return is_sure and self.moved_ms < self.exact_ms


@dataclass(frozen=True)
class Agreements:
    """What was measured, in a file of its own; without a folder nothing is known."""

    folder: Path | None = None

    @property
    def _file(self) -> Path | None:
        return self.folder / "agreements.json" if self.folder else None

    def of(self, model: Path) -> Agreement | None:
        """What was measured of this very file."""
        wanted = file_id(model)
        return next((found for id, found in self._read() if id == wanted), None)

    def remember(self, model: Path, agreement: Agreement) -> None:
        """Keep this in place of what was known; StorageError where it cannot be kept."""
        id = file_id(model)
        if self._file is None or id is None:
            raise StorageError("there is no folder to remember the agreement in")
        rows = [*(row for row in self._read() if row[0] != id), (id, agreement)]
        content = [{"file": asdict(id), "agreement": asdict(found)} for id, found in rows]
        write_private(self._file, json.dumps(content, indent=1).encode())

    def changed_ns(self) -> int:
        """When something was last remembered; 0 if nothing ever was."""
        try:
            return self._file.stat().st_mtime_ns if self._file else 0
        except OSError:
            return 0

    def _read(self) -> list[tuple[FileId, Agreement]]:
        try:
            rows = json.loads(read_small_file(self._file)) if self._file and self._file.exists() else []
            return [(FileId(**row["file"]), Agreement(**row["agreement"])) for row in rows]
        except (StorageError, ValueError, TypeError, LookupError, RecursionError) as error:
            logger.warning("%s is not readable and remembers nothing: %s", self._file, type(error).__name__)
            return []


def file_id(model: Path) -> FileId | None:
    try:
        found = model.stat()
    except OSError:
        return None
    return FileId(model.name, found.st_size, found.st_mtime_ns)


def today() -> str:
    return datetime.now().astimezone().date().isoformat()
