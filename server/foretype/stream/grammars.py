"""The grammars that are installed, loaded when a document opens; the server works without them."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser

logger = logging.getLogger(__name__)

# Language id: the package, and the function in it.
GRAMMARS: dict[str, tuple[str, str]] = {
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "javascriptreact": ("tree_sitter_javascript", "language"),
    "python": ("tree_sitter_python", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "typescriptreact": ("tree_sitter_typescript", "language_tsx"),
}


class Grammars:
    """Owns the parsers. Loading takes a while and belongs on another thread; asking never loads."""

    def __init__(self) -> None:
        self._parsers: dict[str, Parser | None] = {}

    def load(self, language: str) -> None:
        if language in GRAMMARS and language not in self._parsers:
            self._parsers[language] = loaded(*GRAMMARS[language])

    def parser(self, language: str) -> Parser | None:
        return self._parsers.get(language)


def loaded(package: str, function: str) -> Parser | None:
    """A parser, or None where a package is missing or made for another version."""
    try:
        tree_sitter = import_module("tree_sitter")
        language = tree_sitter.Language(getattr(import_module(package), function)())
        parser: Parser = tree_sitter.Parser(language)
    except (ImportError, AttributeError, TypeError, ValueError) as problem:
        logger.debug("no grammar from %s: %s", package, problem)
        return None
    return parser
