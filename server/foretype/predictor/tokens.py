"""Lines cut into tokens: words, numbers, operators and signs, each with the white space before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

OPERATORS = (
    *("...", "===", "!==", "**=", "//=", ">>=", "<<=", ">>>", "<=>", "->", "=>", "==", "!=", "<=", ">="),
    *("&&", "||", "??", "?.", "::", ":=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "@=", "++", "--"),
    *("**", "//", "<<", ">>", '"""', "'''", "/*", "*/", "/**", "${", "</", "/>", "<!--", "-->", "#!", "```"),
)
MAX_LINE_CHARS = 400
MAX_TOKENS_IN_LINE = 160

_WORDS = {"code": r"\w+", "script": r"[\w$]+", "markup": r"[\w-]+", "lisp": r"[\w?!*+<>=/-]+"}
_FAMILIES = {
    "script": ("js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "php", "pl", "ps1"),
    "markup": ("css", "scss", "less", "html", "htm", "xml", "xhtml"),
    "lisp": ("clj", "cljs", "el", "lisp", "scm", "rkt"),
}
_FAMILY_OF_SUFFIX = {suffix: family for family, suffixes in _FAMILIES.items() for suffix in suffixes}
_OPERATOR = "|".join(re.escape(text) for text in sorted(OPERATORS, key=len, reverse=True))
_TOKENS = {family: re.compile(rf"\s*(?:{word}|{_OPERATOR}|\S)") for family, word in _WORDS.items()}
_WORD = {family: re.compile(word) for family, word in _WORDS.items()}


def family_of(path: str) -> str:
    """The token family of a file by its suffix; `code` serves every language without a row."""
    return _FAMILY_OF_SUFFIX.get(path.rpartition(".")[2].lower(), "code")


def known(family: str) -> str:
    """The family itself if there is one of that name, else `code`."""
    return family if family in _TOKENS else "code"


def cut(line: str, family: str) -> list[str]:
    """The tokens of a line, each with the white space that stands before it."""
    return cast("list[str]", _TOKENS[family].findall(line))


def is_word(text: str, family: str) -> bool:
    """Whether a text is one word or number, as far as it goes."""
    return _WORD[family].fullmatch(text) is not None


def words_that_begin(prefix: str, text: str, family: str) -> Iterator[str]:
    """Every occurrence in a text of a word that begins with a prefix, the prefix itself included."""
    letter = _WORDS[family].removesuffix("+")
    # The letter before is looked at afterwards: a pattern that begins with plain text is found much faster.
    for found in re.finditer(f"{re.escape(prefix)}{letter}*", text):
        if not found.start() or not _WORD[family].fullmatch(text[found.start() - 1]):
            yield found.group()


def operators_that_begin(prefix: str) -> list[str]:
    """The operators that an operator may still grow into, itself excepted."""
    return [operator for operator in OPERATORS if operator != prefix and operator.startswith(prefix)]
