"""An edit, from a wish to a changed text: region, prompt, answer, code, fit, difference, applied."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from foretype.backends.cures import is_up_to_the_user
from foretype.backends.delta import Finish
from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.errors import BackendError, EditNotTakenError, EditRefusedError, ForetypeError
from foretype.flows.completion.instant import path_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Question
from foretype.flows.editing.answer import Asked, code_in, so_far
from foretype.flows.editing.applying import Apply, applied
from foretype.flows.editing.difference import Hunk, hunks_for, removal
from foretype.flows.editing.fit import Shape, dedented, fit
from foretype.flows.editing.ready import WHERE, Ready, ready_at
from foretype.flows.editing.rebase import Followed, follow
from foretype.flows.editing.recent import Recent, RecentEdits, region_of
from foretype.flows.editing.region import Region, indent_of, unit_of
from foretype.flows.editing.wish import Listener, Outcome, Wish
from foretype.prompt.asked import Message
from foretype.prompt.rewrite import Rewrite, messages_for

logger = logging.getLogger(__name__)

TEMPERATURE = 0.0
TEMPERATURE_AGAIN = 0.8
LONGEST_ANSWER = 2_000_000
AROUND_CHARACTERS = 16_000
ABOUT_INDENTATION = ("indent", "whitespace", "white space")

Result = TypeVar("Result")


@dataclass(frozen=True)
class Task:
    """Everything that is asked, and what the answer is held against."""

    wish: Wish
    shape: Shape
    asked: Asked
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = TEMPERATURE


@dataclass(frozen=True)
class Answer:
    text: str
    finish: Finish | None
    model: str


@dataclass(frozen=True)
class Begun:
    """An edit that has its snapshot, or the reason why there will be none; whoever begins it ends it."""

    work: tuple[Task, Followed] | ForetypeError

    def end(self) -> None:
        if not isinstance(self.work, ForetypeError):
            self.work[1].end()


class Editing:
    """Makes edits; what changes a text in the editor is given to it."""

    def __init__(
        self, documents: Documents, conversing: Conversing, is_secret: Callable[[Document], bool]
    ) -> None:
        self._documents = documents
        self._conversing = conversing
        self._is_secret = is_secret
        self.recent = RecentEdits()

    def begin(self, wish: Wish) -> Begun:
        """The part of an edit that cannot wait: from here on, no change of the text is missed."""
        try:
            self._refuse_closed_books(wish.document)
            wish, before = self._as_followed(wish)
            task = task_for(wish, before)
        except ForetypeError as problem:
            return Begun(problem)
        return Begun((task, follow(self._documents, wish.document, wish.region)))

    async def finish(self, begun: Begun, apply: Apply, listener: Listener | None = None) -> Outcome:
        """Never raises what is the model's or the user's doing: the outcome says why nothing was changed."""
        try:
            if isinstance(begun.work, ForetypeError):
                raise begun.work
            return await self._made(*begun.work, apply, listener)
        except ForetypeError as problem:
            logger.info("no edit: %s", problem)
            is_told = isinstance(problem, BackendError) and is_up_to_the_user(problem)
            return Outcome(problem=str(problem), is_told=is_told)

    def ready(self, document: Document, line: int) -> Ready | None:
        """What is written for a line and was not taken."""
        return ready_at(self.recent, document, line)

    async def _made(self, task: Task, followed: Followed, apply: Apply, listener: Listener | None) -> Outcome:
        answer = await unless_stopped(followed, self._answered(task, listener))
        code = code_in(answer.text, answer.finish, task.asked)
        new = fit(code, task.shape)

        def hunks() -> tuple[Hunk, ...]:
            document, region = followed.document, followed.region
            return hunks_for(document, region, new) if code.strip() else removal(document, region)

        outcome = Outcome(id=self.recent.next_id(), model=answer.model)
        self._keep(outcome.id, task, followed, answer, new)
        return await self._carried_out(outcome, task.wish, followed, hunks, apply)

    async def _carried_out(
        self,
        outcome: Outcome,
        wish: Wish,
        followed: Followed,
        hunks: Callable[[], tuple[Hunk, ...]],
        apply: Apply,
    ) -> Outcome:
        proposed = hunks()
        if not proposed:
            raise EditRefusedError("The model left the text as it is.")
        if wish.is_preview:
            return Outcome(False, outcome.id, outcome.model, followed.document, proposed)
        try:
            document, made = await applied(followed, hunks, apply)
        except EditNotTakenError as refusal:
            if self.recent.was_not_taken(outcome.id):
                raise EditNotTakenError(f"{refusal}. {WHERE}") from refusal
            raise
        return Outcome(True, outcome.id, outcome.model, document, made)

    async def _answered(self, task: Task, listener: Listener | None) -> Answer:
        text, model, finish = "", "", None
        question = Question(task.messages, task.max_tokens, task.temperature)
        async with aclosing(self._conversing.ask("edit", question)) as pieces:
            async for piece in pieces:
                text, model = text + piece.delta.text, piece.model
                finish = piece.delta.finish or finish
                if len(text) > LONGEST_ANSWER:
                    finish = Finish.LENGTH
                    break
                if listener and piece.delta.text and (written := so_far(text)) is not None:
                    listener(task.wish.region, fit(written, task.shape))
        return Answer(text, finish, model)

    def _refuse_closed_books(self, document: Document) -> None:
        if self._is_secret(document):
            raise EditRefusedError(
                "This file may hold secrets, so no model is shown it; nothing was changed."
            )
        if document.in_doubt:
            raise EditRefusedError(
                "The text in your editor is not known for certain; open the file once more."
            )
        if document.is_large:
            raise EditRefusedError("This file is too large to be edited by a model.")

    def _as_followed(self, wish: Wish) -> tuple[Wish, Recent | None]:
        """A wish about an earlier edit is about the text that it left."""
        if not wish.follows:
            return wish, None
        before = self.recent.get(wish.follows)
        if before.key != wish.document.key:
            raise EditRefusedError("That edit was made in another document.")
        region = region_of(before, wish.document)
        instruction = wish.instruction or before.instruction
        return Wish(wish.document, region, instruction, wish.diagnostics, wish.is_preview), before

    def _keep(self, id: str, task: Task, followed: Followed, answer: Answer, new: str) -> None:
        wish = task.wish
        if not wish.region.is_whole_lines:
            return
        said = (*task.messages, Message("assistant", answer.text))
        was = wish.region.text(wish.document).replace("\r\n", "\n").replace("\r", "\n")
        edit = Recent(
            wish.document.key, wish.instruction, said, answer.text, followed.region.start.line, was, new
        )
        self.recent.keep(id, edit)


def task_for(wish: Wish, before: Recent | None) -> Task:
    document, region = wish.document, wish.region
    is_about_indent = any(word in wish.instruction.lower() for word in ABOUT_INDENTATION)
    indent = "" if is_about_indent else indent_of(document, region)
    part = dedented(text_of(wish), indent) if region.is_whole_lines else text_of(wish)
    if wish.drops_first_line and not part:
        indent = indent_of(document, region)
    shape = Shape(part, indent, unit_of(document), region.is_whole_lines, is_about_indent)
    above, below = around_region(document, region)
    rewrite = Rewrite(
        path=path_of(document),
        language=document.language_id,
        instruction=wish.instruction,
        part=part,
        before=above,
        after=below,
        diagnostics=wish.diagnostics,
    )
    asked = Asked(wish.instruction, document.language_id, part, above, below)
    messages, temperature = messages_for(rewrite), TEMPERATURE
    if before is not None and wish.instruction != before.instruction:
        messages = (*before.messages, messages[-1])
    elif before is not None:
        messages, temperature = before.messages[:-1], TEMPERATURE_AGAIN
    return Task(wish, shape, asked, messages, rewrite.answer_tokens, temperature)


def text_of(wish: Wish) -> str:
    """The text of the region, without the comment that the wish was written in."""
    text = with_lf(wish.region.text(wish.document))
    return text.partition("\n")[2] if wish.drops_first_line else text


def around_region(document: Document, region: Region) -> tuple[str, str]:
    """What stands before and after a region, as far as a model is shown it."""
    first, last = max(0, region.start.line - 400), region.end.line + 200
    text = document.text
    before = text.between(Place(first, 0), region.start)[-AROUND_CHARACTERS:]
    end = min(last, text.line_count - 1)
    after = text.between(region.end, Place(end, len(text.line(end))))[:AROUND_CHARACTERS]
    return with_lf(before), with_lf(after)


def with_lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def unless_stopped(followed: Followed, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of a piece of work, which ends at once where the region is typed into."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, followed.stopped), return_when=asyncio.FIRST_COMPLETED)
        if followed.stopped.done():
            raise followed.stopped.result()
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))
