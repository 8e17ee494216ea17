"""Text out of a model's bytes: no character is split, and nothing of a stop word comes through."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


class Spelling:
    """Bytes in, text out: what may be the start of a character or of a stop word is held back."""

    def __init__(self, stops: Iterable[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.has_stopped = False

    def add(self, piece: bytes) -> str:
        """The text that is now certain."""
        return self._sorted_out(self._decoder.decode(piece))

    def end(self) -> str:
        """What was held back, where the text ends without a stop word."""
        text = self._sorted_out(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return "" if self.has_stopped else text

    def _sorted_out(self, text: str) -> str:
        if self.has_stopped:
            return ""
        text = self._held + text
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.has_stopped, self._held = True, ""
            return text[: min(found)]
        keep = max((begun(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def begun(text: str, stop: str) -> int:
    """How many characters at the end of the text are the beginning of the stop word."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
