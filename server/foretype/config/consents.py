"""What the user said yes to, kept in a private file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.errors import OriginError, StorageError
from foretype.keys.origin import Origin, is_private_in_transit, parse_origin

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Consents:
    """The origins that may have the user's code and the model files that may be loaded, by their own word."""

    origins: frozenset[Origin] = frozenset()
    files: frozenset[str] = frozenset()

    def allows(self, subject: Origin | str) -> bool:
        return subject in (self.files if isinstance(subject, str) else self.origins)

    def and_also(self, subject: Origin | str) -> Consents:
        """These and one more."""
        if isinstance(subject, str):
            return Consents(self.origins, self.files | {subject})
        return Consents(self.origins | {subject}, self.files)


@dataclass(frozen=True)
class ConsentFile:
    """Remembers consents from one run to the next; without a path, only for this run."""

    path: Path | None

    def read(self) -> Consents:
        """What is remembered; a file that is missing or broken remembers nothing."""
        try:
            written = json.loads(read_small_file(self.path)) if self.path else {}
            return Consents(origins_in(written["origins"]), frozenset(map(str, written["files"])))
        except (StorageError, ValueError, TypeError, LookupError, RecursionError) as error:
            if self.path and self.path.exists():
                logger.warning(
                    "%s is not readable and remembers nothing: %s", self.path, type(error).__name__
                )
            return Consents()

    def remember(self, known: Consents, subject: Origin | str) -> Consents:
        """All consents with one more among them; kept on disk too, where that can be done."""
        on_disk = self.read()
        consents = Consents(known.origins | on_disk.origins, known.files | on_disk.files).and_also(subject)
        content = {"origins": sorted(map(str, consents.origins)), "files": sorted(consents.files)}
        try:
            if self.path:
                write_private(self.path, json.dumps(content, indent=1).encode())
        except StorageError as error:
            logger.warning("%s; the consent holds until the editor closes", error)
        return consents


def origins_in(written: Iterable[object]) -> frozenset[Origin]:
    origins = set()
    for text in written:
        try:
            origin = parse_origin(str(text))
        except OriginError:
            continue
        if is_private_in_transit(origin):
            origins.add(origin)
    return frozenset(origins)
