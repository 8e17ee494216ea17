"""Text told piece by piece, with nothing in it that a client would fetch.

What is told cannot be taken back. So a line is told at its end, when it is known how it reads; of a line that
begins with a word, the words are told at once, as nothing that follows changes them.
"""

from __future__ import annotations

import re
from typing import Literal

from foretype.flows.chatting.steps import Step, Tell
from foretype.postprocess.safe_markdown import SafeMarkdown

_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9 ,;'()?]*(?=[ ])")


class Telling:
    """One text: `feed` it as it comes, `end` it once.

    It may go on from a text that was told `before`: a block of code that was closed there is opened again.
    """

    def __init__(self, kind: Literal["text", "reasoning"], tell: Tell, before: str = "") -> None:
        self._kind = kind
        self._tell = tell
        self._safe = SafeMarkdown()
        self._safe.feed(before)
        self._first = f"{self._safe.opening}\n" if self._safe.opening else ""
        self._line = before.rpartition("\n")[2]
        self._ahead = SafeMarkdown().feed(self._line + "\n")[:-1] if self._line else ""

    @property
    def closing(self) -> str:
        """The line that closes a block of code that is open here, with its end; empty where none is."""
        return self._safe.closing and f"{self._safe.closing}\n"

    def feed(self, piece: str) -> None:
        if not piece:
            return
        whole = self._safe.feed(piece)
        *ended, rest = piece.split("\n")
        self._line = rest if ended else self._line + rest
        if ended:
            self._say(whole)
            self._ahead = ""
        words = _WORDS.match(self._line)
        if words is not None and len(words[0]) > len(self._ahead) and words[0].startswith(self._ahead):
            self._send(words[0][len(self._ahead) :])
            self._ahead = words[0]

    def end(self) -> None:
        self._say(self._safe.finish())
        self._line = self._ahead = ""

    def _say(self, safe: str) -> None:
        """The lines that have ended, less what was told of the first one ahead of its end."""
        if safe.startswith(self._ahead):
            self._send(safe[len(self._ahead) :])
        else:
            self._send(f"\n{safe}")

    def _send(self, text: str) -> None:
        if text:
            self._tell(Step(self._kind, self._first + text))
            self._first = ""
