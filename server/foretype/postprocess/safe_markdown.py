"""A model's Markdown with nothing in it that a viewer would fetch, follow or run.

The text is read line by line, and nothing may reach from one line into another but a block of code, which
is written anew in a form that every viewer reads alike. What is not code keeps its words: an address is
shown as code, and what would make a link, an image or HTML is shown as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict

from foretype.postprocess.hidden_unicode import HIDDEN, is_ligature
from foretype.postprocess.top_levels import TOP_LEVELS

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
FENCE = re.compile(
    r"(?P<before>[ \t]*(?:(?:[>*+-]|\d{1,9}[.)])[ \t]+|>)*[ \t]*)(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)"
)
LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
# Languages that viewers do not show but draw, with the addresses that stand in them.
DRAWN = frozenset(
    (
        *("mermaid", "plantuml", "puml", "dot", "graphviz", "viz", "math", "latex", "katex", "svg", "d2"),
        *("geojson", "topojson", "stl", "vega", "vega-lite", "wavedrom", "abc", "markmap", "echarts"),
    )
)
WORDS_OF_ADDRESS = r"[^\s`<>\[\]|\\]"
# Parts of a name hold anything but white space and punctuation, which ~ is not, and an underscore inside.
_NO_PART = (
    r"\s\x00-\#%-*,./:-<>-@\[-\]`{-}\x7f-\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf"
    r"\u2000-\u2043\u2045-\u2051\u2053-\u205f\u27e6-\u27ef\u3000-\u3003\u3008-\u3011\u3014-\u301f"
)
OF_NAME, IN_NAME = rf"[^{_NO_PART}_]", rf"[^{_NO_PART}]"
WITH_ADDRESS = re.compile(
    rf"""
    (?P<escaped>\\[!-/:-@\[-`{{-~])
    | (?P<ticks>`+)
    | (?P<address>
        (?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.]{{0,30}}:/{WORDS_OF_ADDRESS}*
        | (?<![A-Za-z0-9])(?:https?|ftp|file|data|javascript|vbscript|command|vscode|vscode-insiders|mailto
            |xmpp|tel|sms|blob|about|intent|cid|ms-[a-z]{{1,20}}):{WORDS_OF_ADDRESS}+
        | (?<![:/]|[^\W_])//\w{WORDS_OF_ADDRESS}*
        | (?<![A-Za-z0-9])www\.{WORDS_OF_ADDRESS}+
        | (?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}\.{WORDS_OF_ADDRESS}+
        | (?<![\w/.@-])[A-Za-z0-9][\w-]{{0,62}}(?:\.[\w-]{{1,63}}){{1,8}}/{WORDS_OF_ADDRESS}*
      )
    | (?<!{OF_NAME}|[./])
        (?P<name>(?:{OF_NAME}{IN_NAME}{{0,62}}\.){{1,127}}{OF_NAME}(?:{IN_NAME}{{0,61}}{OF_NAME})?)
        (?::\d{{1,5}}(?:-\d{{1,5}})?)?(?:[/?\#]{WORDS_OF_ADDRESS}*)?
    | (?P<joint>\][(\[:])
    | (?P<wiki>\[\[)
    | (?P<opening><(?=[A-Za-z/!?]) | &(?=\#?\w{{1,32}};) | @(?=import\b))
    """,
    re.VERBOSE | re.IGNORECASE,
)
NOT_OF_WORD = re.compile(r"[\W_]")
AFTER_ADDRESS = ".,;:!?'\")*_~}"
# A backslash before one of these keeps the shape of an address in viewers that look for one afterwards.
PARTS_OF_ADDRESS = ":/.@&-"


def safe_markdown(text: str) -> str:
    """The text as any viewer may show it."""
    reading = SafeMarkdown()
    return reading.feed(text) + reading.finish()


class SafeMarkdown:
    """The same for a text that is still arriving: whole lines go out as soon as they are there."""

    def __init__(self) -> None:
        self._held = ""
        self._mark = ""
        self._language = ""
        self._indent = 0
        self._is_quoted = False

    @property
    def opening(self) -> str:
        """The line that opened the block of code that is open now."""
        return self._mark and f"{self._mark}{self._language}"

    @property
    def closing(self) -> str:
        """The line that closes it."""
        return self._mark

    def feed(self, piece: str) -> str:
        *lines, self._held = (self._held + piece).split("\n")
        return "".join(f"{self._line(line.removesuffix(chr(13)))}\n" for line in lines)

    def finish(self) -> str:
        """The rest of the text; a block of code that was left open is closed."""
        rest = self._line(self._held.removesuffix("\r")) if self._held else ""
        closing, self._held, self._mark = self._mark, "", ""
        return rest + (f"\n{closing}\n" if closing and rest else f"{closing}\n" if closing else "")

    def _line(self, line: str) -> str:
        line = visible(line)
        if self._mark:
            return self._code(line)
        fence = FENCE.fullmatch(line)
        return self._opened(fence) if fence else plain_line(line)

    def _opened(self, fence: re.Match[str]) -> str:
        """The beginning of a block of code, at the margin, where no list or quote decides what it is."""
        before = fence["before"]
        self._mark, self._indent = fence["mark"], len(before.expandtabs(4))
        self._is_quoted = ">" in before
        said = LANGUAGE.match(fence["info"].strip().lower())
        self._language = "" if said is None else "text" if said[0] in DRAWN else said[0]
        item = before.rstrip() if before.strip() and not self._is_quoted else ""
        return f"{item}\n\n{self.opening}" if item else self.opening

    def _code(self, line: str) -> str:
        if self._is_quoted:
            line = re.sub(r"^[ \t]*>[ \t]?", "", line)
        else:
            line = line[min(self._indent, len(line) - len(line.lstrip(" "))) :]
        marks = line.strip(" \t")
        is_end = set(marks) == {self._mark[0]} and len(marks) >= len(self._mark)
        if is_end and len(line) - len(line.lstrip(" ")) < 4 and not line.startswith("\t"):
            line, self._mark = self._mark, ""
        return line


def visible(text: str) -> str:
    """Characters that nobody sees, written out by their numbers."""
    text = CONTROL.sub(written_out, text)
    if text.isascii():
        return text
    return HIDDEN.sub(lambda at: at[0] if is_ligature(text, at.start()) else written_out(at), text)


def written_out(character: re.Match[str]) -> str:
    return f"⟨U+{ord(character[0]):04X}⟩"


def plain_line(line: str) -> str:
    """A line outside of code; pairs of backticks that begin and end in it stay what they are."""
    safe: list[str] = []
    ends = runs_of_ticks(line)
    at = 0
    while found := WITH_ADDRESS.search(line, at):
        put(safe, line[at : found.start()])
        piece, at = found[0], found.end()
        if found["ticks"]:
            closing = next_run(ends[len(piece)], at)
            code = line[found.start() : closing + len(piece)]
            is_code = closing >= 0 and not ("|" in code and WITH_ADDRESS.search(code.strip("`")))
            piece, at = (code, closing + len(piece)) if is_code else (piece.replace("`", "\\`"), at)
        elif found["name"] and not is_address(found["name"]):
            piece, at = piece[0], found.start() + 1  # an address may begin inside of it
        elif found["address"] or found["name"]:
            address = piece.rstrip(AFTER_ADDRESS)
            piece, at = f"`{address}`", found.start() + len(address)
        elif found["escaped"]:
            piece = f"\\\\{piece[1]}" if piece[1] in PARTS_OF_ADDRESS else piece
        else:
            piece = "".join(f"\\{character}" for character in piece)
        put(safe, piece)
    put(safe, line[at:])
    return "".join(safe)


def is_address(name: str) -> bool:
    """Whether viewers take a name with dots, or the beginning of it, for an address."""
    ends = name.lower().split(".")[1:]
    return any(NOT_OF_WORD.split(end, 1)[0] in TOP_LEVELS or end.startswith(("xn--", "рф")) for end in ends)


def put(safe: list[str], piece: str) -> None:
    """Add a piece, without a backslash or a backtick of the one before taking hold of it."""
    before = safe[-1] if safe else ""
    if piece.startswith("`"):
        if (len(before) - len(before.rstrip("\\"))) % 2:
            safe.append("\\")
        elif before.endswith("`"):
            safe.append(" ")
    if piece:
        safe.append(piece)


def runs_of_ticks(line: str) -> dict[int, list[int]]:
    """Where runs of backticks stand, by their length."""
    runs: dict[int, list[int]] = defaultdict(list)
    for run in re.finditer("`+", line):
        runs[len(run[0])].append(run.start())
    return runs


def next_run(starts: list[int], at: int) -> int:
    index = bisect_left(starts, at)
    return starts[index] if index < len(starts) else -1
