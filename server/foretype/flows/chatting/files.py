"""What chat may read: the open documents, and the files of the workspace that hold no secret."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from foretype.documents.document import Document
from foretype.documents.exclusion import SKIPPED_FOLDERS, IgnoreFile, is_generated_text, is_secret
from foretype.documents.store import Documents
from foretype.documents.uri import document_key, file_path, file_uri
from foretype.errors import ForetypeError
from foretype.predictor.walking import Bounds, Walk

MAX_FILE_BYTES = 512_000
MAX_IGNORE_BYTES = 100_000
MOST_MATCHES = 60
LONGEST_MATCH = 240
BOUNDS = Bounds(entries=50_000, files=8_000, total_bytes=40_000_000, seconds=4.0)


class NotReadable(ForetypeError):
    """A file that is not there for chat; the sentence says why, to user and model alike."""


@dataclass(frozen=True)
class Read:
    """The text of a file, and what it is called towards user and model."""

    name: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Match:
    """A line that holds what was looked for; the number counts from one."""

    name: str
    number: int
    line: str


@dataclass(frozen=True)
class Files:
    """Reading by name, with the completion's rule of what is secret.

    What lies `apart` is no file of the user's: the chat documents themselves.
    """

    documents: Documents
    folders: Sequence[Path]
    exclude: Callable[[], tuple[str, ...]]
    apart: Path | None = None

    def of(self, document: Document) -> Read:
        """An open document, as the editor has it."""
        path = file_path(document.uri)
        name = self.name_of(Path(path)) if path is not None else document.uri
        if is_secret(str(path) if path is not None else document.uri, self.exclude()):
            raise NotReadable(f"{name} may hold secrets and is not sent.")
        return Read(name, str(document.text), document.language_id)

    def opened(self) -> Iterator[Read]:
        """The open documents that may be sent, the one edited last first."""
        return (read for _, read in self.readable())

    def readable(self) -> Iterator[tuple[Document, Read]]:
        apart = document_key(file_uri(self.apart)) + "/" if self.apart else None
        for document in self.documents:
            if apart is None or not document.key.startswith(apart):
                with suppress(NotReadable):
                    yield document, self.of(document)

    def document(self, written: str) -> Document | None:
        """The open document that is called so: by its path, or by the end of it where only one fits."""
        for folder in self.folders:
            if found := self.documents.get(file_uri(folder / written)):
                return found
        ending = "/" + written.replace("\\", "/").removeprefix("./").lstrip("/")
        fitting = [each for each in self.documents if each.key.endswith(document_key(ending))]
        return fitting[0] if len(fitting) == 1 else None

    def read(self, written: str, *, by_hand: bool = False) -> Read:
        """A file by its name; this blocks. What git ignores is read only where the user names it by hand."""
        if document := self.document(written):
            return self.of(document)
        path = self._inside(written)
        if is_secret(written, self.exclude()) or is_secret(str(path), self.exclude()):
            raise NotReadable(f"{written} may hold secrets and is not sent.")
        if not by_hand and self._is_ignored(path):
            raise NotReadable(f"{written} is ignored by git or was built, and is not read.")
        return Read(self.name_of(path), text_of(path, written))

    def search(self, words: str) -> list[Match]:
        """The lines that hold these words, in files that may be sent; this blocks, within bounds."""
        wanted = words.casefold()
        found: list[Match] = []
        for read in self._everything():
            if wanted not in read.text.casefold():
                continue
            for number, line in enumerate(read.text.split("\n"), 1):
                if wanted in line.casefold():
                    found.append(Match(read.name, number, line.strip()[:LONGEST_MATCH]))
                if len(found) >= MOST_MATCHES:
                    return found
        return found

    def _everything(self) -> Iterator[Read]:
        """The open documents first, then the rest of the workspace from disk."""
        seen = set()
        for read in self.opened():
            seen.add(read.name)
            yield read
        for file in Walk(self.folders, self.exclude(), BOUNDS).files():
            name = self.name_of(Path(file.path))
            if name not in seen:
                yield Read(name, file.text)

    def name_of(self, path: Path) -> str:
        for folder in self.folders:
            for start in (folder, Path(os.path.realpath(folder))):
                if path.is_relative_to(start):
                    return path.relative_to(start).as_posix()
        return path.as_posix()

    def _inside(self, written: str) -> Path:
        """The file that is meant, links followed, if it lies in a folder of the workspace."""
        for folder in self.folders:
            root = Path(os.path.realpath(folder))
            try:
                path = Path(os.path.realpath(root / written))
                if path.is_relative_to(root) and path.is_file():
                    return path
            except (OSError, ValueError):
                continue
        raise NotReadable(f"There is no file {written[:200]!r} in the workspace.")

    def _is_ignored(self, path: Path) -> bool:
        for folder in self.folders:
            root = Path(os.path.realpath(folder))
            if path.is_relative_to(root):
                return is_ignored(root, path)
        return True


def is_ignored(root: Path, path: Path) -> bool:
    """Whether a folder on the way is one that is never entered, or an ignore file says no to a step of it."""
    steps = [root, *(root.joinpath(*path.relative_to(root).parts[:n]) for n in range(1, len(path.parts)))]
    steps = [step for step in steps if path.is_relative_to(step)]
    if any(step.name in SKIPPED_FOLDERS for step in steps[1:]):
        return True
    for step in steps[1:]:
        verdict = None
        for above in steps[: steps.index(step)]:
            rules = ignore_file(above / ".gitignore")
            said = rules.verdict(step.relative_to(above).as_posix(), step != path) if rules else None
            verdict = verdict if said is None else said
        if verdict:
            return True
    return False


def ignore_file(path: Path) -> IgnoreFile | None:
    try:
        with path.open("rb") as file:
            return IgnoreFile(file.read(MAX_IGNORE_BYTES).decode("utf-8"))
    except (OSError, ValueError):
        return None


def text_of(path: Path, written: str) -> str:
    """The text of an ordinary file of a sane size; a pipe or a device is never read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotReadable(f"{written} is not an ordinary file.")
            content = file.read(MAX_FILE_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise NotReadable(f"{written} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise NotReadable(f"{written} is not UTF-8 text.") from error
    if len(content) > MAX_FILE_BYTES or is_generated_text(text):
        raise NotReadable(f"{written} is too large, or not text that people write.")
    return text
