"""Markdown in a terminal, line by line while it arrives; the text as it is where nobody looks at it."""

from __future__ import annotations

import re

BOLD, DIM, GREEN, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"
_CODE = re.compile(r"(`+)(.+?)\1")
_STRONG = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
_HEADING = re.compile(r"#{1,6} ")


class Styled:
    """Adds weight and colour to whole lines, and holds back one that is not yet whole."""

    def __init__(self, is_on: bool) -> None:
        self._is_on = is_on
        self._held = ""
        self._fence = ""

    def feed(self, text: str) -> str:
        if not self._is_on:
            return text
        *lines, self._held = (self._held + text).split("\n")
        return "".join(f"{self._line(line)}\n" for line in lines)

    def end(self) -> str:
        held, self._held = self._held, ""
        return self._line(held) if held else ""

    def _line(self, line: str) -> str:
        marks = line.strip()
        if self._fence:
            self._fence = "" if marks == self._fence else self._fence
            return f"{GREEN}{line}{PLAIN}" if self._fence else f"{DIM}{line}{PLAIN}"
        if marks.startswith(("```", "~~~")):
            self._fence = marks[: len(marks) - len(marks.lstrip(marks[0]))]
            return f"{DIM}{line}{PLAIN}"
        if _HEADING.match(line):
            return f"{BOLD}{line}{PLAIN}"
        line = _STRONG.sub(rf"{BOLD}\1{PLAIN}", line)
        return _CODE.sub(lambda code: f"{GREEN}{code[2]}{PLAIN}", line)
