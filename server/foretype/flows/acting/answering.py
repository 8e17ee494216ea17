"""Actions that answer in words: asked, made safe to look at, and put into a file of Foretype's own."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.cures import is_up_to_the_user
from foretype.backends.delta import Finish
from foretype.config.private_files import write_private
from foretype.documents.document import Document
from foretype.errors import BackendError, EditRefusedError, ForetypeError
from foretype.flows.acting.change import Changes
from foretype.flows.acting.explained import Explanations
from foretype.flows.completion.instant import path_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Question
from foretype.flows.editing.flow import around_region, with_lf
from foretype.flows.editing.region import Region
from foretype.postprocess.safe_markdown import safe_markdown
from foretype.prompt.rewrite import Rewrite, messages_for
from foretype.stream.filters import kept
from foretype.stream.thinking import ThoughtFilter

EXPLAIN = "explain"
MAX_TOKENS = 4096
MOST_FILES = 20
SHORT_CHARACTERS = 160
NAME = re.compile(r"[^a-z0-9_-]")


@dataclass(frozen=True)
class Inquiry:
    """A part of a document and what is asked about it."""

    document: Document
    region: Region
    name: str
    title: str
    instruction: str
    diagnostics: tuple[str, ...] = ()
    is_about_change: bool = False
    """Whether the document's change since the last commit is meant, in place of the part."""


@dataclass(frozen=True)
class Reply:
    """An answer in Markdown that is safe to show, and the file that holds it; or why there is none."""

    text: str = ""
    path: Path | None = None
    model: str = ""
    problem: str = ""
    is_told: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is said in less than it takes to open a document."""
        return "\n" not in self.text and len(self.text) <= SHORT_CHARACTERS


class Answering:
    """Answers inquiries; `folder` is where answers are put to be looked at."""

    def __init__(
        self,
        conversing: Conversing,
        changes: Changes,
        is_secret: Callable[[Document], bool],
        folder: Path | None,
    ) -> None:
        self._conversing = conversing
        self._changes = changes
        self._is_secret = is_secret
        self._folder = folder
        self.explanations = Explanations()

    async def answer(self, inquiry: Inquiry) -> Reply:
        try:
            if self._is_secret(inquiry.document):
                raise EditRefusedError("This file may hold secrets, so no model is shown it.")
            text, model = await self._said(inquiry)
            path = await asyncio.to_thread(self._write, inquiry.name, f"# {inquiry.title}\n\n{text}\n")
            if inquiry.name == EXPLAIN:
                self.explanations.keep(inquiry.document, inquiry.region, text)
            return Reply(text, path, model)
        except ForetypeError as problem:
            is_told = isinstance(problem, BackendError) and is_up_to_the_user(problem)
            return Reply(problem=str(problem), is_told=is_told)

    async def _said(self, inquiry: Inquiry) -> tuple[str, str]:
        text, model, finish = "", "", None
        rewrite = await self._change(inquiry) if inquiry.is_about_change else rewrite_of(inquiry)
        question = Question(messages_for(rewrite, "explain"), MAX_TOKENS)
        async with aclosing(self._conversing.ask("chat", question)) as pieces:
            async for piece in pieces:
                text, model = text + piece.delta.text, piece.model
                finish = piece.delta.finish or finish
        shown = safe_markdown(kept(text, ThoughtFilter())).strip()
        if not shown:
            raise EditRefusedError("The model answered with nothing.")
        return (f"{shown}\n\n(cut off)" if finish is Finish.LENGTH else shown), model

    async def _change(self, inquiry: Inquiry) -> Rewrite:
        change = await self._changes.of(inquiry.document)
        return Rewrite(path_of(inquiry.document), "diff", inquiry.instruction, change)

    def _write(self, name: str, text: str) -> Path | None:
        if self._folder is None:
            return None
        path = self._folder / f"{NAME.sub('', name)}-{time.time_ns() // 1_000_000}.md"
        write_private(path, text.encode())
        for old in sorted(self._folder.glob("*.md"), key=lambda file: file.stat().st_mtime)[:-MOST_FILES]:
            old.unlink(missing_ok=True)
        return path


def rewrite_of(inquiry: Inquiry) -> Rewrite:
    document, region = inquiry.document, inquiry.region
    above, below = around_region(document, region)
    return Rewrite(
        path=path_of(document),
        language=document.language_id,
        instruction=inquiry.instruction,
        part=with_lf(region.text(document)),
        before=above,
        after=below,
        diagnostics=inquiry.diagnostics,
    )
