"""Special tokens that a server failed to hold back: leading ones are dropped, any other is the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

# Only spellings that nobody types by accident: `<s>`, `<filename>` and `[PREFIX]` stand in real documents
# and are cut only for the models that own them.
GENERAL_TOKENS = (
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|fim_repo|>",
    "<|fim_pre|>", "<|fim_suf|>", "<|fim_mid|>", "<|repo_name|>", "<|file_sep|>", "<|file_separator|>",
    "<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>",
    "<|endoftext|>", "<|end_of_text|>", "<|begin_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|end|>",
    "<|im_start|>assistant\n", "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|return|>",
    "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|start_header_id|>", "<|end_header_id|>",
    "<|channel|>final<|message|>", "<|channel|>", "<|message|>",
    "<|cursor|>", "<|user_cursor|>", "<|user_cursor_is_here|>",
    "<|editable_region_start|>", "<|editable_region_end|>",
    "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<file_sep>", "<repo_name>", "<reponame>",
    "<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<fim-pad>",
    "<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>", "<[end\u2581of\u2581sentence]>",
    "<\uff5cfim\u2581begin\uff5c>", "<\uff5cfim\u2581hole\uff5c>", "<\uff5cfim\u2581end\uff5c>",
    "<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<\uff5cend\u2581of\u2581sentence\uff5c>",
    "<start_of_turn>", "<end_of_turn>", "\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>", "\u2581<EOT>",
)  # fmt: skip

BRACKETED = re.compile("\u2581?<[^<>\\s]{1,40}>")


@dataclass(frozen=True)
class Lexicon:
    """The tokens to look for, longest first, those without angle brackets, and all that may become one."""

    tokens: tuple[str, ...]
    bare: tuple[str, ...]
    beginnings: frozenset[str]

    def first(self, text: str) -> int | None:
        """The index of the first token in a text; nearly all stand in angle brackets."""
        places = [place for token in self.bare if (place := text.find(token)) >= 0]
        for match in BRACKETED.finditer(text):
            token = match.group()
            if token in self.tokens or token[1:] in self.tokens:
                places.append(match.start() + (token not in self.tokens))
                break
        return min(places, default=None)


@lru_cache(maxsize=16)
def lexicon_of(model_tokens: tuple[str, ...]) -> Lexicon:
    wanted = {token for token in (*GENERAL_TOKENS, *model_tokens) if token}
    tokens = tuple(sorted(wanted, key=len, reverse=True))
    beginnings = frozenset(token[:size] for token in tokens for size in range(1, len(token)))
    bare = tuple(token for token in tokens if not BRACKETED.match(token))
    return Lexicon(tokens, bare, beginnings)


class TokenFilter:
    """Drops the tokens that a text begins with and ends the text at the next one."""

    def __init__(self, cursor: Cursor) -> None:
        self.lexicon = lexicon_of(cursor.model_tokens)
        self.done = False
        self.started = False
        self.held = ""

    def feed(self, piece: str) -> str:
        self.held += piece
        if not self.started and not self.skip_leading():
            return ""
        if (found := self.lexicon.first(self.held)) is not None:
            self.done = True
            return self.held[:found]
        safe = len(self.held) - self.unfinished()
        wanted, self.held = self.held[:safe], self.held[safe:]
        return wanted

    def finish(self) -> str:
        while not self.started and (token := self.leading()):
            self.held = self.held[len(token) :]
        return self.held

    def skip_leading(self) -> bool:
        """Drops leading tokens; false while the beginning may yet become one."""
        while self.held and self.held not in self.lexicon.beginnings:
            token = self.leading()
            if not token:
                self.started = True
                return True
            self.held = self.held[len(token) :]
        return False

    def leading(self) -> str:
        return next((token for token in self.lexicon.tokens if self.held.startswith(token)), "")

    def unfinished(self) -> int:
        """The length of the longest end that may be the beginning of a token."""
        longest = min(len(self.held), len(self.lexicon.tokens[0]) - 1)
        for size in range(longest, 0, -1):
            if self.held[-size:] in self.lexicon.beginnings:
                return size
        return 0


def stop_at_tokens(cursor: Cursor) -> Filter:
    return TokenFilter(cursor)
