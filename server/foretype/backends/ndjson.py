"""JSON values from bytes, one on each line, whatever way the bytes are cut."""

from __future__ import annotations

import re

from foretype.backends.lines import LineCutter

_LINE_END = re.compile(rb"\n")


class JsonLines:
    """Bytes in, the text of each line that is not blank out."""

    def __init__(self, max_line_bytes: int = 1 << 20) -> None:
        self._cutter = LineCutter(_LINE_END, max_line_bytes)

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that this chunk completes."""
        return [line.decode("utf-8", "replace") for line in self._cutter.feed(chunk) if line.strip()]

    def end(self) -> list[str]:
        """The last line, where the stream ended without closing it."""
        rest = self._cutter.rest()
        return [rest.decode("utf-8", "replace")] if rest.strip() else []
