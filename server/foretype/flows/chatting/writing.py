"""An answer written into its chat document while it arrives, beside a user who types elsewhere in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.flows.chatting import document as chat
from foretype.flows.chatting.steps import Outcome, Step
from foretype.flows.chatting.tools import Proposal
from foretype.flows.chatting.turns import Sent
from foretype.postprocess.safe_markdown import safe_markdown

STEP_S = 0.35
CONFIRMED_WITHIN_S = 1.5
MOST_REFUSALS = 12
WAITING = "…"


@dataclass(frozen=True)
class Replacement:
    """A stretch of a document, and what it becomes."""

    start: Place
    end: Place
    text: str


class Apply(Protocol):
    """Has the editor change this version of a document; whether it says that it did."""

    def __call__(self, document: Document, replacements: tuple[Replacement, ...]) -> Awaitable[bool]: ...


class Page:
    """What stands below the heading of an answer, as far as it is known."""

    def __init__(self) -> None:
        self._text = ""
        self._thoughts = ""
        self._notes: list[str] = []
        self.changed = asyncio.Event()

    def take(self, step: Step) -> None:
        if step.kind == "text":
            self._text += step.text
        elif step.kind == "reasoning":
            self._thoughts += step.text
        elif step.kind == "context":
            self._notes.append(f"Sent along: {', '.join(map(named, step.sent))}")
        elif step.kind == "tool":
            self._notes.append(f"{step.text}: {step.detail}")
        elif step.kind == "note":
            self._notes.append(step.text)
        elif step.kind == "edit" and step.proposal is not None:
            self._text += proposed(step.proposal)
        self.changed.set()

    def so_far(self) -> str:
        """Notes and text; that a model thinks is said, its thoughts follow at the end."""
        notes = [f"- {safe_markdown(' '.join(note.split()))}" for note in self._notes]
        text = chat.unlike_heading(self._text.strip("\n"))
        if not text and self._thoughts:
            notes.append("- thinking")
        return "\n\n".join(part for part in ("\n".join(notes), text) if part) or WAITING

    def whole(self, problem: str) -> str:
        """All of it, with what kept it from being more."""
        thoughts = chat.thoughts_of(self._thoughts) if self._thoughts.strip() else ""
        self._notes += [problem] if problem else []
        self._thoughts = ""
        so_far = self.so_far()
        return "\n\n".join(part for part in (so_far, thoughts) if part and part != WAITING)


class Writer:
    """Writes one answer: each step replaces what has changed below the heading, and is seen to arrive."""

    def __init__(self, documents: Documents, uri: str, apply: Apply) -> None:
        self._documents = documents
        self._uri = uri
        self._apply = apply
        self._written = [WAITING]
        self._asking: asyncio.Future[Outcome] | None = None
        self.page = Page()
        self.has_begun = False

    async def run(self, ask: Callable[[Page], Coroutine[Any, Any, Outcome]]) -> bool:
        """Ask, and write until it is all there; a user who types into the answer ends it.

        False where the document could not be written to.
        """
        if not await self._begin():
            return False
        self.has_begun = True
        asking = self._asking = asyncio.ensure_future(ask(self.page))
        try:
            await self._follow(asking)
            self.stop()
            await asyncio.wait((asking,))
        finally:
            self.stop()
        return not asking.cancelled() and await self._end(asking.result())

    def stop(self) -> None:
        """End the model's work; what it wrote stays."""
        if self._asking is not None:
            self._asking.cancel()

    async def _begin(self) -> bool:
        """Put a heading below the question."""

        def first(document: Document) -> tuple[Replacement, ...]:
            text = str(document.text).rstrip().removesuffix(f"\n{chat.YOU}").rstrip()
            start = document.text.place(len(text))
            opened = joined(["", "", chat.ANSWERING, "", WAITING, ""], document)
            return (*left_behind(document), Replacement(start, document.text.end, opened))

        return await self._surely(first, lambda document: self._region(document) is not None, bool)

    async def _follow(self, asking: asyncio.Future[Outcome]) -> None:
        """A step each time there is something new, a few in a second at most."""
        while not asking.done():
            news = asyncio.ensure_future(self.page.changed.wait())
            await asyncio.wait((news, asking), return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            self.page.changed.clear()
            if not await self._show(self.page.so_far().split("\n")):
                return
            await asyncio.wait((asking,), timeout=STEP_S)

    async def _end(self, outcome: Outcome) -> bool:
        """The rest of the answer, its name, and room for the next question."""
        await self._show(self.page.whole(outcome.problem).split("\n"))
        heading = chat.heading_of(outcome.model, outcome.finish)

        def last(document: Document) -> tuple[Replacement, ...]:
            line = heading_line(document)
            assert line is not None
            renamed = Replacement(Place(line, 0), end_of_line(document, line), heading)
            region = self._region(document)
            place = document.text.end if region is None else end_of_line(document, region[1] - 1)
            if region is None or document.text.between(place, document.text.end).strip():
                return (renamed,)
            room = joined(["", "", chat.YOU, "", ""], document)
            return (renamed, Replacement(place, document.text.end, room))

        return await self._surely(last, lambda document: heading_line(document) is None, heading_line)

    async def _show(self, lines: list[str]) -> bool:
        """Make the document say this below the heading; False where that is no longer possible."""
        if lines == self._written:
            return True

        def changed(document: Document) -> tuple[Replacement, ...]:
            region = self._region(document)
            assert region is not None
            return (difference(document, region, self._written, lines),)

        def is_there(document: Document) -> bool:
            return self._region(document, lines) is not None

        if not await self._surely(changed, is_there, self._region):
            return False
        self._written = lines
        return True

    async def _surely(
        self,
        replacements: Callable[[Document], tuple[Replacement, ...]],
        is_there: Callable[[Document], bool],
        where: Callable[[Document], object | None],
    ) -> bool:
        """Try until the document is seen to have it: an editor may refuse, or say yes and do nothing.

        False as soon as there is no place for it, `where` being what finds that.
        """
        for _ in range(MOST_REFUSALS):
            document = self._documents.get(self._uri)
            if document is None or where(document) is None:
                return False
            is_applied = not document.in_doubt and await self._apply(document, replacements(document))
            if is_applied and await self._seen(is_there):
                return True
            await asyncio.sleep(STEP_S)
        return False

    async def _seen(self, is_there: Callable[[Document], bool]) -> bool:
        """Wait for the change to come back from the editor."""
        changed = asyncio.Event()
        stop = self._documents.observe(lambda event: changed.set())

        async def look() -> None:
            while (document := self._documents.get(self._uri)) is not None and not is_there(document):
                changed.clear()
                await changed.wait()

        try:
            await asyncio.wait_for(look(), CONFIRMED_WITHIN_S)
        except asyncio.TimeoutError:
            return False
        finally:
            stop()
        return self._documents.get(self._uri) is not None

    def _region(self, document: Document, lines: list[str] | None = None) -> tuple[int, int] | None:
        """The line of the heading and the one after the text, if the document still says what was written."""
        written, text = self._written if lines is None else lines, document.text
        line = heading_line(document)
        if line is None:
            return None
        end = line + 2 + len(written)
        found = [text.line(at) for at in range(line + 2, min(end, text.line_count))]
        return (line, end) if found == written else None


def heading_line(document: Document) -> int | None:
    """Where the answer that is being written begins."""
    text = document.text
    lines = range(text.line_count - 1, -1, -1)
    return next((line for line in lines if text.line(line) == chat.ANSWERING), None)


def left_behind(document: Document) -> tuple[Replacement, ...]:
    """The heading of an answer whose server was killed while it wrote: it says then how that one ended."""
    line = heading_line(document)
    if line is None:
        return ()
    return (Replacement(Place(line, 0), end_of_line(document, line), chat.heading_of("", "broken")),)


def end_of_line(document: Document, line: int) -> Place:
    return Place(line, len(document.text.line(line)))


def difference(
    document: Document, region: tuple[int, int], before: list[str], after: list[str]
) -> Replacement:
    """The end of the text from where it differs."""
    first, end = region[0] + 2, region[1]
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    close = end_of_line(document, end - 1)
    if same == len(before):
        return Replacement(close, close, joined(["", *after[same:]], document))
    if same == len(after):
        return Replacement(end_of_line(document, first + same - 1), close, "")
    return Replacement(Place(first + same, 0), close, joined(after[same:], document))


def joined(lines: list[str], document: Document) -> str:
    return (document.eol or "\n").join(lines)


def named(sent: Sent) -> str:
    return f"{sent.name} ({sent.tokens} tokens)"


def proposed(proposal: Proposal) -> str:
    """A proposal as a reader sees it: nothing is changed until they choose the code action there."""
    where = safe_markdown(f"{proposal.uri.rpartition('/')[2]}, from line {proposal.start.line + 1}").strip()
    shown = f"\n\nProposed for {where}; nothing is changed yet:\n\n{chat.fenced(proposal.text)}\n\n"
    return chat.unlike_heading(shown)
