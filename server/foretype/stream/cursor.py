"""The place a suggestion goes to: a frozen value that every stage and every cleaner reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from foretype.stream.brackets import Scan, scan, scan_behind

WINDOW_LINES = 200
TWO_SPACE_LANGUAGES = frozenset(
    {
        "css", "dart", "html", "javascript", "javascriptreact", "json", "jsonc", "lua", "ruby", "scala",
        "scss", "svelte", "typescript", "typescriptreact", "vue", "xml", "yaml",
    }
)  # fmt: skip
TAB_LANGUAGES = frozenset({"go", "gomod", "makefile"})


@dataclass(frozen=True)
class Cursor:
    """The text around the cursor, without line ends, and the manners of the document.

    Where it `goes_on`, the cursor's line is finished, and its neighbours up to a blank line are wanted.
    """

    before: str = ""
    after: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    language: str = "plaintext"
    indent_unit: str = "    "
    eol: str = "\n"
    multiline: bool = False
    goes_on: bool = False
    model_tokens: tuple[str, ...] = ()

    @property
    def on_blank_line(self) -> bool:
        return not self.before.strip()

    @property
    def tab_width(self) -> int:
        """The columns of one step of indentation, which is also what a stray tab counts for."""
        return 4 if self.indent_unit == "\t" else len(self.indent_unit)

    @property
    def next_line(self) -> str:
        """The first line below that is not blank."""
        return next((line for line in self.below if line.strip()), "")

    @property
    def previous_line(self) -> str:
        """The last line above that is not blank."""
        return next((line for line in reversed(self.above) if line.strip()), "")

    @cached_property
    def left(self) -> Scan:
        """The brackets and strings of the document left of the cursor."""
        return scan_behind("\n".join((*self.above, "")), self.before, self.language)

    @property
    def in_words(self) -> bool:
        """Whether the cursor lies in a comment or a string, where any sentence may stand."""
        return self.left.in_comment or bool(self.left.string)

    def read(self, text: str) -> Scan:
        """A text as it reads at the cursor, which may lie inside a string."""
        return scan(text, self.language, self.left.string)


def cursor_at(lines: Sequence[str], line: int, column: int, language: str, eol: str = "\n") -> Cursor:
    """A cursor before the given code point of a document's line; far lines are left out."""
    above = tuple(lines[window_start(lines, line) : line])
    below = tuple(lines[line + 1 : line + 1 + WINDOW_LINES])
    current = lines[line] if line < len(lines) else ""
    return Cursor(
        before=current[:column],
        after=current[column:],
        above=above,
        below=below,
        language=language,
        indent_unit=indent_unit_of((*above, current, *below), language),
        eol=eol,
    )


def window_start(lines: Sequence[str], line: int) -> int:
    """Where to begin reading: far above, at the margin, which is seldom inside a string or a bracket."""
    start = max(0, line - WINDOW_LINES)
    at_margin = (i for i in range(start, line) if lines[i][:1].isalpha() or lines[i][:1] in ("@", "#"))
    return next(at_margin, start) if start else 0


def indent_unit_of(lines: Iterable[str], language: str) -> str:
    """One step of the document's own indentation, or its language's custom where it has none yet."""
    tabs = 0
    steps: Counter[int] = Counter()
    last = 0
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped or stripped[0] == "*":
            continue
        tabs += line[0] == "\t"
        width = len(line) - len(stripped)
        if line[0] != "\t" and width - last in (2, 3, 4, 8):
            steps[width - last] += 1
        last = width
    if tabs > sum(steps.values()) or (not steps and language in TAB_LANGUAGES):
        return "\t"
    if steps:
        return " " * steps.most_common(1)[0][0]
    return "  " if language in TWO_SPACE_LANGUAGES else "    "
