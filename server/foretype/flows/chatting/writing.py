"""An answer written into its chat document while it arrives, beside a user who types elsewhere in it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum
from typing import Any, Protocol

from foretype.documents.document import Document
from foretype.documents.store import Documents, Event
from foretype.documents.text import Place
from foretype.flows.chatting import document as chat
from foretype.flows.chatting.kept import (
    Kept,
    Replacement,
    end_of_line,
    heading_line,
    is_last,
    joined,
    region_of,
    room_for_a_question,
)
from foretype.flows.chatting.steps import Outcome, Step
from foretype.flows.chatting.tools import Proposal
from foretype.flows.chatting.turns import Sent
from foretype.postprocess.safe_markdown import safe_markdown

STEP_S = 0.35
CONFIRMED_WITHIN_S = 1.5
MOST_REFUSALS = 12
MOST_OFFERS = 16
WAITING = "…"


class Made(Enum):
    """What became of a change: a document may have no place for it, or its editor may not take it."""

    DONE = "done"
    NO_PLACE = "no place"
    REFUSED = "refused"


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
    """Writes one answer: each step replaces what has changed below the heading, and is seen to arrive.

    An editor that takes no more of it (`refuses` is called then) does not end it: what there is can be had by
    `offer`, and at the end `kept` is all of it.
    """

    def __init__(
        self, documents: Documents, uri: str, apply: Apply, refuses: Callable[[], None] = lambda: None
    ) -> None:
        self._documents = documents
        self._uri = uri
        self._apply = apply
        self._refuses = refuses
        self._is_refused = False
        self._written = [WAITING]
        self._offered: deque[list[str]] = deque(maxlen=MOST_OFFERS)
        self._asking: asyncio.Future[Outcome] | None = None
        self.page = Page()
        self.has_begun = False
        self.kept: Kept | None = None

    async def run(self, ask: Callable[[Page], Coroutine[Any, Any, Outcome]]) -> bool:
        """Ask, and write until it is all there; a user who types into the answer ends it.

        False where the document could not be written to.
        """
        if await self._begin() is not Made.DONE:
            return False
        self.has_begun = True
        asking = self._asking = asyncio.ensure_future(ask(self.page))
        stop = self._documents.observe(self._heard)
        try:
            await self._follow(asking)
            self.stop()
            await asyncio.wait((asking,))
            return not asking.cancelled() and await self._end(asking.result()) is Made.DONE
        finally:
            self.stop()
            stop()

    async def catches_up_with(self, kept: Kept) -> bool:
        """Whether the answer before this one is not to be taken any more, or is taken now."""
        return await self._taken(kept) is not Made.REFUSED

    def stop(self) -> None:
        """End the model's work; what it wrote stays."""
        if self._asking is not None:
            self._asking.cancel()

    def offer(self, document: Document) -> tuple[Replacement, ...]:
        """What there is so far and the editor has not taken, as a change of this document."""
        region, lines = self._region(document), self.page.so_far().split("\n")
        if not self._is_refused or region is None or lines == self._written:
            return ()
        self._offered.append(lines)
        return (difference(document, region, self._written, lines),)

    def _heard(self, event: Event) -> None:
        """Who takes what was offered changes what the document is known to say."""
        is_ours = event.document is self._documents.get(self._uri)
        taken = [lines for lines in self._offered if is_ours and region_of(event.document, lines)]
        if taken:
            self._written = max(taken, key=len)
            self._offered.clear()

    async def _begin(self) -> Made:
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
            was_refused, made = self._is_refused, await self._show(self.page.so_far().split("\n"))
            if made is Made.NO_PLACE:
                return
            if self._is_refused and not was_refused:
                self._refuses()
            await asyncio.wait((asking,), timeout=STEP_S)

    async def _end(self, outcome: Outcome) -> Made:
        """The rest of the answer, its name, and room for the next question."""
        lines = self.page.whole(outcome.problem).split("\n")
        heading = chat.heading_of(outcome.model, outcome.finish)
        if not self._is_refused:
            await self._show(lines)
        if self._is_refused:
            made = await self._taken(Kept(heading, tuple(lines), self._known()), most=1)
        else:
            made = await self._surely(lambda now: self._ended(now, heading), has_ended, heading_line)
        if made is Made.REFUSED or (self._is_refused and made is Made.NO_PLACE):
            self.kept = Kept(heading, tuple(lines), self._known())
        return made

    def _known(self) -> tuple[tuple[str, ...], ...]:
        """All that the document may say, now and once something that was offered is taken."""
        return (*map(tuple, self._offered), tuple(self._written))

    async def _taken(self, kept: Kept, most: int = MOST_REFUSALS) -> Made:
        return await self._surely(
            kept.replacements, has_ended, lambda now: kept.replacements(now) or None, most
        )

    def _ended(self, document: Document, heading: str) -> tuple[Replacement, ...]:
        """The name in the heading, and room for a question where nothing stands below."""
        line = heading_line(document)
        assert line is not None
        renamed = Replacement(Place(line, 0), end_of_line(document, line), heading)
        region = self._region(document)
        if region is None or not is_last(document, region):
            return (renamed,)
        place = end_of_line(document, region[1] - 1)
        return (renamed, Replacement(place, document.text.end, joined(room_for_a_question(), document)))

    async def _show(self, lines: list[str]) -> Made:
        """Make the document say this below the heading; one whose editor refused once is left to its user."""
        if lines == self._written:
            return Made.DONE
        if self._is_refused:
            document = self._documents.get(self._uri)
            return Made.REFUSED if document and self._region(document) else Made.NO_PLACE

        def changed(document: Document) -> tuple[Replacement, ...]:
            region = self._region(document)
            assert region is not None
            return (difference(document, region, self._written, lines),)

        def is_there(document: Document) -> bool:
            return region_of(document, lines) is not None

        made = await self._surely(changed, is_there, self._region)
        if made is Made.DONE:
            self._written = lines
        elif made is Made.REFUSED:
            self._is_refused = True
        return made

    async def _surely(
        self,
        replacements: Callable[[Document], tuple[Replacement, ...]],
        is_there: Callable[[Document], bool],
        where: Callable[[Document], object | None],
        most: int = MOST_REFUSALS,
    ) -> Made:
        """Try until the document is seen to have it: an editor may refuse, or say yes and do nothing.

        There is no place for it where `where` finds none.
        """
        for _ in range(most):
            document = self._documents.get(self._uri)
            if document is None or where(document) is None:
                return Made.NO_PLACE
            is_applied = not document.in_doubt and await self._apply(document, replacements(document))
            if is_applied and await self._seen(is_there):
                return Made.DONE
            await asyncio.sleep(STEP_S)
        return Made.REFUSED

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

    def _region(self, document: Document) -> tuple[int, int] | None:
        return region_of(document, self._written)


def has_ended(document: Document) -> bool:
    return heading_line(document) is None


def left_behind(document: Document) -> tuple[Replacement, ...]:
    """The heading of an answer whose server was killed while it wrote: it says then how that one ended."""
    line = heading_line(document)
    if line is None:
        return ()
    return (Replacement(Place(line, 0), end_of_line(document, line), chat.heading_of("", "broken")),)


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


def named(sent: Sent) -> str:
    return f"{sent.name} ({sent.tokens} tokens)"


def proposed(proposal: Proposal) -> str:
    """A proposal as a reader sees it: nothing is changed until they choose the code action there."""
    where = safe_markdown(f"{proposal.uri.rpartition('/')[2]}, from line {proposal.start.line + 1}").strip()
    shown = f"\n\nProposed for {where}; nothing is changed yet:\n\n{chat.fenced(proposal.text)}\n\n"
    return chat.unlike_heading(shown)
