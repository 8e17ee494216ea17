"""How a rule sees text while it arrives: a filter that is fed pieces, and a judge that is shown lines."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from enum import Enum
from typing import Protocol

Deltas = AsyncGenerator[str, None]

# The piece that says that a text is complete, though its source may go on, with what it cost for example.
COMPLETE = ""


class Filter(Protocol):
    """Takes text in pieces of any size and hands on, at once, what is surely wanted."""

    done: bool

    def feed(self, piece: str) -> str: ...

    def finish(self) -> str: ...


async def filtered(source: Deltas, make: Callable[[], Filter]) -> Deltas:
    """Runs a source through a filter, and closes the source as soon as the filter is done.

    The filter is made when there is something to filter: the model is not kept waiting for it. Whoever
    waits for the text has it before the source is closed, or has told what it has to tell behind the text.
    """
    rule: Filter | None = None
    async with aclosing(source):
        async for delta in source:
            rule = rule or make()
            if wanted := rule.finish() if delta == COMPLETE else rule.feed(delta):
                yield wanted
            if rule.done or delta == COMPLETE:
                yield COMPLETE
                if not rule.done:
                    async for _ in source:
                        pass
                return
    if rule is not None and (rest := rule.finish()):
        yield rest


class InTurn:
    """Filters one behind the other, as one: the first that is done ends the text."""

    def __init__(self, rules: Sequence[Filter]) -> None:
        self.done = False
        self._rules = rules

    def feed(self, piece: str) -> str:
        for number, rule in enumerate(self._rules):
            if not piece:
                return ""
            piece = rule.feed(piece)
            if rule.done:
                self.done = True
                return self._end(piece, self._rules[number + 1 :])
        return piece

    def finish(self) -> str:
        return self._end("", self._rules)

    def _end(self, piece: str, rules: Sequence[Filter]) -> str:
        for rule in rules:
            wanted = rule.feed(piece) if piece else ""
            piece = wanted if rule.done else wanted + rule.finish()
        return piece


def kept(text: str, rule: Filter) -> str:
    """What a filter hands on of a text that is all there."""
    wanted = rule.feed(text)
    return wanted if rule.done else wanted + rule.finish()


class Verdict(Enum):
    GO = "go"
    """Hand the line on."""
    HOLD = "hold"
    """Too early to say; only for a line that is still being written."""
    LAST = "last"
    """Hand the line on and stop after it."""
    STOP = "stop"
    """Stop before the line."""


class Judge(Protocol):
    """Is shown each line in turn; a part that passed must not be stopped as a whole."""

    def part(self, line: str) -> Verdict: ...

    def whole(self, line: str) -> Verdict: ...


class JudgedLines:
    """The filter that a judge of lines makes."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.done = False
        self.line = ""
        self.sent = 0

    def feed(self, piece: str) -> str:
        *ended, rest = piece.split("\n")
        wanted = ""
        for end in ended:
            wanted += self.end_line(end)
            if self.done:
                return wanted
        self.line += rest
        if self.line and (self.sent or self.judge.part(self.line) is Verdict.GO):
            wanted += self.unsent()
        return wanted

    def finish(self) -> str:
        if self.sent or self.judge.whole(self.line) is not Verdict.STOP:
            return self.unsent()
        return ""

    def end_line(self, end: str) -> str:
        self.line += end
        verdict = self.judge.whole(self.line)
        self.done = verdict in (Verdict.STOP, Verdict.LAST)
        if verdict is Verdict.STOP:
            return ""
        wanted = self.unsent() + ("" if self.done else "\n")
        self.line, self.sent = "", 0
        return wanted

    def unsent(self) -> str:
        wanted = self.line[self.sent :]
        self.sent = len(self.line)
        return wanted
