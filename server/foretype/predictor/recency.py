"""The files that are open or were saved lately, the latest touched first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from foretype.predictor.buffer import Buffer
from foretype.predictor.passage import OTHER_FILES, Passage
from foretype.predictor.tokens import family_of
from foretype.predictor.vocabulary import FILE_BREAK, Vocabulary

MAX_FILE_CHARS = 2_000_000
MAX_SAVED_FILES = 16
MAX_OTHER_FILES = 8
MAX_OTHER_TOKENS = 20_000


class RecentFiles:
    """Buffers in the order in which they were touched."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._open: dict[str, Buffer] = {}
        self._saved: dict[str, Buffer] = {}

    def opened(self, key: str, path: str, family: str, lines: Sequence[str]) -> None:
        """Take up a file, unless it is too large to be of use."""
        self._open.pop(key, None)
        self._saved.pop(path, None)
        if sum(map(len, lines)) <= MAX_FILE_CHARS:
            self._open[key] = Buffer(path, family, lines, self._vocabulary)

    def edited(self, key: str, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Follow an edit; one of a file that was never taken up says nothing."""
        buffer = self._open.pop(key, None)
        if buffer is not None:
            buffer.splice(first_line, removed, inserted)
            self._open[key] = buffer

    def closed(self, key: str) -> None:
        """Keep what was in a file that is closed for a while."""
        buffer = self._open.pop(key, None)
        if buffer is not None:
            self._keep(buffer)

    def saved(self, path: str, text: str) -> None:
        """Take up the text of a file that changed on disk, unless it is open."""
        if len(text) <= MAX_FILE_CHARS and not any(buffer.path == path for buffer in self._open.values()):
            self._keep(Buffer(path, family_of(path), text.splitlines(), self._vocabulary))

    def forget_saved(self) -> None:
        """Drop the files that are not open, as when the workspace has been read anew."""
        self._saved.clear()

    def buffer(self, key: str) -> Buffer | None:
        return self._open.get(key)

    def others(self, buffer: Buffer) -> tuple[Passage, list[str]]:
        """What the other recent files say, as one passage, and which files those are."""
        words: list[str] = []
        gaps: list[bytes] = []
        paths = []
        size = 0
        for other in islice(self._latest(buffer), MAX_OTHER_FILES):
            text = "".join(other.words) + chr(FILE_BREAK)
            if size + len(text) > MAX_OTHER_TOKENS:
                continue
            size += len(text)
            words.append(text)
            gaps.append(b"".join(other.gaps) + b"\0")
            paths.append(other.path)
        return Passage("".join(words[::-1]), b"".join(gaps[::-1]), size, OTHER_FILES), paths

    def _latest(self, buffer: Buffer) -> Iterator[Buffer]:
        for other in (*reversed(self._open.values()), *reversed(self._saved.values())):
            if other is not buffer and other.path != buffer.path:
                yield other

    def _keep(self, buffer: Buffer) -> None:
        self._saved.pop(buffer.path, None)
        self._saved[buffer.path] = buffer
        while len(self._saved) > MAX_SAVED_FILES:
            del self._saved[next(iter(self._saved))]
