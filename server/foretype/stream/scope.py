"""The block in which a suggestion starts, read from indentation: past its end nothing is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.brackets import scan
from foretype.stream.filters import Filter, JudgedLines, Verdict
from foretype.stream.indentation import depth, has_indent_twice
from foretype.stream.syntax import Scope, closes_block, continues_block, syntax_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


class ScopeJudge:
    """Stops at the first line that stands left of where the suggestion started."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.base = None if cursor.on_blank_line else depth(cursor.before, cursor)
        self.text = cursor.before
        self.first = True
        self.entered = False
        self.after_blank = False

    def part(self, line: str) -> Verdict:
        if self.first or self.base is None:
            return Verdict.GO
        return Verdict.GO if line.strip() and depth(line, self.cursor) > self.base else Verdict.HOLD

    def whole(self, line: str) -> Verdict:
        joined = self.text + line if self.first else line
        verdict = self.judge(joined)
        self.text = joined if self.first else f"{self.text}\n{line}"
        self.first = False
        return verdict

    def judge(self, line: str) -> Verdict:
        if not line.strip():
            self.after_blank = True
            return Verdict.GO
        reached = depth(line, self.cursor)
        if self.base is None:
            twice = self.first and has_indent_twice(line[len(self.cursor.before) :], self.cursor)
            self.base = depth(self.cursor.before, self.cursor) if twice else reached
        if self.first or reached > self.base:
            self.entered = self.entered or reached > self.base
            self.after_blank = False
            return Verdict.GO
        verdict = self.at_base(line) if reached == self.base else self.left_of_base(line)
        self.after_blank = False
        return Verdict.GO if verdict is not Verdict.GO and self.in_string() else verdict

    def at_base(self, line: str) -> Verdict:
        """A line level with the start: a sibling, unless the start opened a block or one has just ended."""
        if continues_block(line):
            return Verdict.GO
        if self.cursor.goes_on:
            return Verdict.STOP if self.after_blank else Verdict.GO
        if self.cursor.on_blank_line:
            ended = self.entered and self.after_blank and not closes_block(line)
            return Verdict.STOP if ended else Verdict.GO
        return Verdict.LAST if closes_block(line) else Verdict.STOP

    def left_of_base(self, line: str) -> Verdict:
        """A line outside the block: only the block's own end, and only where the document lacks it."""
        if line.startswith("#") and syntax_of(self.cursor.language).scope is Scope.BRACKETS:
            return Verdict.GO
        following = self.cursor.next_line
        missing = (
            not following
            or depth(following, self.cursor) < depth(line, self.cursor)
            or (depth(following, self.cursor) == depth(line, self.cursor) and not closes_block(following))
        )
        return Verdict.LAST if closes_block(line) and missing else Verdict.STOP

    def in_string(self) -> bool:
        return bool(scan(self.text, self.cursor.language).string)


def has_scope(cursor: Cursor) -> bool:
    """Whether indentation means anything here: not in prose, nor inside a string or a comment."""
    return syntax_of(cursor.language).scope is not Scope.PROSE and not cursor.in_words


def scope_filter(cursor: Cursor) -> JudgedLines:
    return JudgedLines(ScopeJudge(cursor))


def stop_at_dedent(cursor: Cursor) -> Filter | None:
    return scope_filter(cursor) if has_scope(cursor) else None
