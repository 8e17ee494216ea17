"""Code that a chat model wrapped in a Markdown fence: only the inside goes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.filters import Filter
from foretype.stream.indentation import hanging_indent
from foretype.stream.prose import is_about_code, is_preamble, may_become_preamble
from foretype.stream.syntax import holds_sentences, is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`\n]*$")
LONGEST_FENCE = 100
MARKDOWN_NAMES = frozenset({"markdown", "md"})


def fence_in(line: str) -> re.Match[str] | None:
    return FENCE.match(line) if len(line) <= LONGEST_FENCE else None


class FenceFilter:
    """Drops an introduction and the fence around the first block, and ends with the block."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.prose = is_prose(cursor.language)
        self.done = False
        self.inside = False
        self.mark = "```"
        self.depth = 0
        self.started = cursor.in_words and not self.prose
        self.free = self.started
        self.held = ""
        self.blank_lines = ""
        self.first_line = ""
        self.line = ""
        self.indent: str | None = None
        self.line_sent = False

    def feed(self, piece: str) -> str:
        if self.free:
            return piece
        self.held += piece
        wanted = ""
        while "\n" in self.held and not self.done:
            line, self.held = self.held.split("\n", 1)
            wanted += self.whole(line)
        if self.done or not self.held or self.must_hold(self.held):
            return wanted
        return wanted + self.blank() + self.part()

    def finish(self) -> str:
        if self.line_sent or not self.held:
            return self.blank() + self.held
        return self.whole(self.held).removesuffix("\n")

    def whole(self, line: str) -> str:
        if not self.started:
            return self.before_start(line)
        if not self.line_sent and self.is_end(line):
            self.done = True
            return ""
        indent = "" if self.line_sent or not line.strip() else self.hang(line)
        self.first_line = self.first_line or ((self.line + line).strip() and self.line + line)
        self.line, self.line_sent = "", False
        return self.blank() + indent + line + "\n"

    def part(self) -> str:
        self.started = True
        indent = "" if self.line_sent else self.hang(self.held)
        wanted, self.held, self.line_sent = self.held, "", True
        self.line += wanted
        return indent + wanted

    def before_start(self, line: str) -> str:
        """A line before anything was handed on: an opening fence, an introduction, or the text itself."""
        fence = fence_in(line)
        if fence and (not self.prose or fence.group(2).lower() in MARKDOWN_NAMES):
            self.started, self.inside, self.mark = True, True, fence.group(1)
            self.blank_lines = ""
        elif self.introduces(line):
            self.blank_lines = ""
        elif not line.strip():
            self.blank_lines += line + "\n"
        else:
            self.started = True
            return self.whole(line)
        return ""

    def is_end(self, line: str) -> bool:
        """Whether a line closes the fence; blocks inside a quoted Markdown text come in pairs."""
        fence = fence_in(line)
        if not fence or not fence.group(1).startswith(self.mark) or (self.prose and not self.inside):
            return False
        if fence.group(2):
            self.depth += 1
            return False
        self.depth -= 1
        return self.depth < 0

    def must_hold(self, line: str) -> bool:
        if self.line_sent:
            return False
        start = line.strip()
        if not start or "`~".find(start[0]) >= 0 or (self.inside and not self.first_line and not start):
            return True
        return not self.started and not self.prose and may_become_preamble(start)

    def introduces(self, line: str) -> bool:
        sure = is_about_code(line) or not holds_sentences(self.cursor.language)
        return not self.prose and sure and is_preamble(line)

    def blank(self) -> str:
        wanted, self.blank_lines = self.blank_lines, ""
        return wanted

    def hang(self, line: str) -> str:
        """The indentation that a snippet written at the margin lacks."""
        if not self.inside or not self.first_line:
            return ""
        if self.indent is None:
            self.indent = hanging_indent(self.cursor, self.first_line, line, quoted=True)
        return self.indent


def open_fence(cursor: Cursor) -> Filter:
    return FenceFilter(cursor)
