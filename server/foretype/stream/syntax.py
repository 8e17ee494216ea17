"""What the rules need to know of a language: one row each, and a careful guess for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """How a language shows where a block ends."""

    BRACKETS = "brackets"
    INDENTATION = "indentation"
    WORDS = "words"
    TAGS = "tags"
    PROSE = "prose"


@dataclass(frozen=True)
class Syntax:
    scope: Scope = Scope.BRACKETS
    line_comments: tuple[str, ...] = ("//",)
    block_comments: bool = True
    quotes: str = "\"'"
    long_quotes: tuple[str, ...] = ()
    lifetimes: bool = False


C_LIKE = Syntax()
SCRIPT = Syntax(long_quotes=("`",))
PYTHON = Syntax(Scope.INDENTATION, line_comments=("#",), block_comments=False, long_quotes=('"""', "'''"))
MARKUP = Syntax(Scope.TAGS, line_comments=(), block_comments=False, quotes='"')
PROSE = Syntax(Scope.PROSE, line_comments=(), block_comments=False, quotes='"', long_quotes=())
SHELL = Syntax(Scope.WORDS, line_comments=("#",), block_comments=False)
SQL = Syntax(Scope.WORDS, line_comments=("--",), quotes="'")

SYNTAXES: dict[str, Syntax] = {
    **dict.fromkeys(("c", "cpp", "csharp", "objective-c", "php"), C_LIKE),
    **dict.fromkeys(("java", "kotlin", "scala", "swift", "dart"), Syntax(long_quotes=('"""',))),
    **dict.fromkeys(("javascript", "javascriptreact", "typescript", "typescriptreact"), SCRIPT),
    **dict.fromkeys(("html", "xml", "vue", "svelte"), MARKUP),
    **dict.fromkeys(("markdown", "plaintext", "latex", "restructuredtext", "git-commit"), PROSE),
    **dict.fromkeys(("css", "scss", "less"), Syntax(line_comments=())),
    **dict.fromkeys(("json", "jsonc"), Syntax(quotes='"')),
    **dict.fromkeys(("yaml", "toml"), Syntax(Scope.INDENTATION, ("#",), block_comments=False)),
    "go": SCRIPT,
    "rust": Syntax(quotes='"', lifetimes=True),
    "python": PYTHON,
    "shellscript": SHELL,
    "ruby": SHELL,
    "lua": Syntax(Scope.WORDS, line_comments=("--",), block_comments=False),
    "sql": SQL,
    "diff": PROSE,
}
GUESS = Syntax(line_comments=(), block_comments=False, quotes='"')

CLOSING_WORDS = frozenset(
    ("end", "fi", "done", "esac", "endif", "endfor", "endwhile", "endfunction", "end;", "end,", "end)")
)
CLOSING_LINE = re.compile(r"[\])}][\])};,]*$|</[\w:.-]+>$")
CONTINUING = re.compile(
    r"[\])}]+\s*(?:else|catch|finally|while|,|\.|\)|;|as\b)|"
    r"(?:else|elif|elsif|except|finally|catch|rescue|ensure|then|do|when|in)\b"
)
OPENING_WORDS = re.compile(
    r"(?:def|class|module|if|unless|while|until|for|case|begin|function|local function)\b(?!.*\bend\b)"
)
OPENING_TAG = re.compile(r"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?(?<!/)>$")
VOID_TAGS = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


def syntax_of(language: str) -> Syntax:
    """The row of a language id; an unknown language gets only what nearly all have."""
    return SYNTAXES.get(language, GUESS)


def is_prose(language: str) -> bool:
    return syntax_of(language).scope is Scope.PROSE


def holds_sentences(language: str) -> bool:
    """Whether a sentence may stand anywhere in a document, and so tells nothing about who wrote it."""
    return syntax_of(language).scope in (Scope.PROSE, Scope.TAGS)


def closes_block(line: str) -> bool:
    """Whether a line holds nothing but the end of blocks: `}`, `});`, `end`, `</div>`."""
    stripped = line.strip()
    return stripped in CLOSING_WORDS or CLOSING_LINE.match(stripped) is not None


def continues_block(line: str) -> bool:
    """Whether a line closes one part of a statement and opens the next: `} else {`, `except:`."""
    return CONTINUING.match(line.strip()) is not None


def without_comment(line: str, language: str) -> str:
    """A line without the comment at its end, as far as that can be told without reading its strings."""
    for marker in syntax_of(language).line_comments:
        code, found, comment = f" {line}".partition(f" {marker}")
        if found and "'" not in comment and '"' not in comment:
            line = code.strip()
    return line


def opens_block(line: str, language: str) -> bool:
    """Whether the lines after this one belong deeper."""
    scope = syntax_of(language).scope
    stripped = without_comment(line.strip(), language)
    if not stripped or scope is Scope.PROSE:
        return False
    if scope is Scope.TAGS:
        tag = OPENING_TAG.search(stripped[-500:])
        return tag is not None and tag.group(1).lower() not in VOID_TAGS
    if scope is Scope.WORDS and (
        OPENING_WORDS.match(stripped) or re.search(r"\b(?:then|else|do(?: *\|[^|]*\|)?)$", stripped)
    ):
        return True
    return stripped[-1] in "{([" or (stripped[-1] == ":" and scope is not Scope.WORDS)
