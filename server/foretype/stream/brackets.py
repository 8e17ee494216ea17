"""Brackets and strings in a piece of code, read in one pass by a scanner that knows no grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foretype.stream.syntax import syntax_of

WINDOW_CHARACTERS = 16_000
CLOSER_OF = {"(": ")", "[": "]", "{": "}"}
Place = tuple[int, str]


@dataclass(frozen=True)
class Scan:
    """What a text leaves open, what it closes that it never opened, and where its end lies."""

    opened: tuple[Place, ...]
    unopened: tuple[Place, ...]
    pairs: tuple[tuple[int, int], ...]
    string: str
    in_comment: bool


@lru_cache(maxsize=64)
def tokens_of(language: str) -> re.Pattern[str]:
    """One pattern for all that hides brackets or is one; every alternative is linear."""
    syntax = syntax_of(language)
    parts = [rf"(?P<comment>{'|'.join(re.escape(m) for m in syntax.line_comments)})[^\n]*"]
    if not syntax.line_comments:
        parts = []
    if syntax.block_comments:
        parts.append(r"(?P<block>/\*)[\s\S]*?(?:(?P<block_end>\*/)|\Z)")
    for number, quote in enumerate(syntax.long_quotes):
        mark = re.escape(quote)
        parts.append(rf"(?P<long{number}>{mark})(?:\\[\s\S]|(?!{mark})[^\\])*(?P<long{number}_end>{mark})?")
    for number, quote in enumerate(syntax.quotes):
        body = rf"[^{quote}\\\n]*(?:\\[\s\S][^{quote}\\\n]*)*"
        parts.append(rf"(?P<quote{number}>{quote}){body}(?P<quote{number}_end>{quote})?")
    if syntax.lifetimes:
        parts.append(r"'(?:\w+|\\.|[^\n])?'?")
    parts.append(r"(?P<open>[(\[{])|(?P<close>[)\]}])")
    return re.compile("|".join(parts))


@lru_cache(maxsize=16)
def scan(text: str, language: str, string: str = "") -> Scan:
    """Reads a text, up to a bound, that begins inside the given string or outside of any.

    Stages, cleaners and the next keys ask about the same long texts around the cursor.
    """
    text = text[:WINDOW_CHARACTERS]
    start = end_of_string(text, string) if string else 0
    if start is None:
        return Scan((), (), (), string, in_comment=False)
    ended = ((start - 1, string),) if start and text[start - 1] != "\n" else ()
    return read_on(Scan((), ended, (), "", in_comment=False), text, start, language)


def scan_behind(above: str, line: str, language: str) -> Scan:
    """`scan` of lines and of what stands below them, where only that changes from key to key."""
    text = above + line
    head = scan(above, language) if len(text) <= WINDOW_CHARACTERS else None
    if head is None or head.string or head.in_comment:
        return scan(text[-WINDOW_CHARACTERS:], language)
    return read_on(head, text, len(above), language)


def read_on(head: Scan, text: str, start: int, language: str) -> Scan:
    """Reads a text from where the scan of its head ended, outside of any string or comment."""
    opened, unopened, pairs = list(head.opened), list(head.unopened), list(head.pairs)
    still_open, in_comment = "", False
    for token in tokens_of(language).finditer(text, start):
        kind = token.lastgroup or ""
        if kind == "open":
            opened.append((token.start(), token.group()))
        elif kind == "close" and opened and CLOSER_OF[opened[-1][1]] == token.group():
            pairs.append((opened.pop()[0], token.start()))
        elif kind == "close":
            unopened.append((token.start(), token.group()))
        elif kind.endswith("_end") and not kind.startswith("block"):
            pairs.append((token.start(), token.end() - 1))
        elif token.end() == len(text):
            in_comment = kind in ("comment", "block")
            still_open = "" if in_comment or not kind else token.group(kind)
    return Scan(tuple(opened), tuple(unopened), tuple(pairs), still_open, in_comment)


def end_of_string(text: str, quote: str) -> int | None:
    """The index after the string's end; a quote of one character also ends with its line."""
    stop = re.escape(quote) if len(quote) > 1 or quote == "`" else rf"{quote}|\n"
    found = re.compile(rf"(?:\\[\s\S]|(?!{stop})[^\\])*?(?:{stop})").match(text)
    return found.end() if found else None
