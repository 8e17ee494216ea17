"""A question becomes an answer that is told while it is written, and kept however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from foretype.errors import ForetypeError, NoConversationError
from foretype.flows.chatting.answering import Answering
from foretype.flows.chatting.context import Attachment, Context, Gathered, Looking, shown_to_model
from foretype.flows.chatting.draft import Draft
from foretype.flows.chatting.images import usable
from foretype.flows.chatting.mentions import Mention, mentions_in
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.slash import PROMPTS, STEERING, Said, request_of, taken_apart
from foretype.flows.chatting.steps import Outcome, Step, Tell
from foretype.flows.chatting.titles import title_for
from foretype.flows.chatting.tools import Toolbox
from foretype.flows.chatting.turns import Conversation, Turn, first_words
from foretype.flows.conversing.conversing import Conversing
from foretype.prompt.asked import Message
from foretype.prompt.texts import text

TURNS_OF_A_FIRST_ANSWER = 2


@dataclass(frozen=True)
class Asked:
    """What the user says, and what they are looking at while they say it.

    `earlier` are the turns that a chat document shows, for a conversation that is not known here. A document
    whose server was killed may lack the end of a line of the answer that is to go on: `tells_line_again`.
    """

    words: str
    conversation: str | None = None
    looking: Looking = field(default_factory=Looking)
    images: tuple[str, ...] = ()
    model: str | None = None
    goes_on: bool = False
    tells_line_again: bool = False
    earlier: tuple[Turn, ...] | None = None


@dataclass(frozen=True)
class Desk:
    """What chatting is done with; `only` asks one model by its id, `start` lets work go on by itself."""

    conversing: Conversing
    only: Callable[[str], Conversing]
    context: Context
    record: Record
    start: Callable[[Coroutine[Any, Any, None]], object]


class Chatting:
    """The use case. What is told stands in `Step`, and every way in which it ends is an `Outcome`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._record = desk.record
        self._answering = Answering(desk.record, Toolbox(desk.context))

    async def answer(self, asked: Asked, tell: Tell) -> Outcome:
        conversation = await self._conversation(asked)
        said = taken_apart(asked.words)
        if said.command in STEERING:
            return await self._steer(conversation, said, asked, tell)
        if asked.goes_on:
            return await self._go_on(conversation, asked, tell)
        conversation = await self._with_question(conversation, said, asked, tell)
        return await self._write(conversation, Turn("assistant", ""), asked, (), tell)

    async def _conversation(self, asked: Asked) -> Conversation:
        if asked.conversation is None:
            return self._begin(asked)
        try:
            return await self._record.read(asked.conversation)
        except NoConversationError:
            if asked.earlier is None:
                raise
            return self._begin(asked)

    def _begin(self, asked: Asked) -> Conversation:
        conversation = self._record.begin(asked.conversation)
        title = first_words(taken_apart(asked.words).rest or asked.words)
        earlier = tuple(replace(turn, number=at) for at, turn in enumerate(asked.earlier or (), 1))
        return replace(conversation, title=title, turns=earlier)

    async def _steer(self, conversation: Conversation, said: Said, asked: Asked, tell: Tell) -> Outcome:
        """/clear leaves what was said behind, /model says or changes who answers; no model is asked."""
        if said.command == "clear":
            asked = replace(asked, words=said.rest, conversation=None, earlier=None)
            conversation = self._begin(asked)
            note = "A new conversation begins; the one before is kept."
        elif said.rest:
            self._desk.only(said.rest)
            conversation = await self._record.choose_model(conversation, said.rest)
            note = f"{said.rest} answers from now on."
        else:
            note = f"{conversation.model or 'The first model of `models.chat` that can'} answers here."
        if said.command == "clear" and said.rest:
            tell(Step("note", note))
            return await self.answer(asked, tell)
        tell(Step("note", note))
        return Outcome(
            conversation.id, conversation.last_number, "stop", conversation.title, conversation.model
        )

    async def _with_question(
        self, conversation: Conversation, said: Said, asked: Asked, tell: Tell
    ) -> Conversation:
        """The conversation with the user's turn, and with everything that is sent along."""
        mentions = mentions_of(said, asked)
        gathered = await self._desk.context.gather(mentions, asked.looking, said.rest)
        images, refused = usable(asked.images)
        for note in (*gathered.notes, *refused):
            tell(Step("note", note))
        sent = tuple(attachment.sent for attachment in gathered.attachments)
        if sent:
            tell(Step("context", sent=sent))
        prompt = prompt_of(said, gathered, mentions)
        turn = Turn("user", asked.words, prompt=prompt, images=images, sent=sent)
        for earlier in (
            conversation.turns if asked.earlier and not await self._record.has(conversation) else ()
        ):
            conversation, _ = await self._record.put(conversation, earlier)
        conversation, _ = await self._record.put(conversation, turn)
        return conversation

    async def _go_on(self, conversation: Conversation, asked: Asked, tell: Tell) -> Outcome:
        """The last answer from where it stopped; where there is none yet, the last question again."""
        last = conversation.turns[-1] if conversation.turns else None
        if last is None or last.speaker == "user" or not last.text:
            turn = Turn("assistant", "", number=last.number if last and last.speaker != "user" else 0)
            return await self._write(conversation, turn, asked, (), tell)
        more = (Message("user", text("chat/go_on")),)
        return await self._write(conversation, last, asked, more, tell)

    async def _write(
        self, conversation: Conversation, turn: Turn, asked: Asked, more: tuple[Message, ...], tell: Tell
    ) -> Outcome:
        """The answer as far as it comes: what breaks it off is part of how it ends, and loses nothing."""
        model = asked.model or conversation.model
        why = "it was chosen for this" if model else "the first of `models.chat` that can"
        draft = Draft(turn, why, tell, asked.tells_line_again)
        try:
            conversing = self._desk.only(model) if model else self._desk.conversing
            await self._answering.run(conversing, conversation, draft, more)
        except asyncio.CancelledError:
            draft.finish = "cancelled"
        except ForetypeError as problem:
            draft.finish, draft.problem = "broken", str(problem)
        conversation, draft.turn = await self._record.put(conversation, draft.end())
        if (
            draft.finish != "cancelled"
            and draft.turn.text
            and conversation.last_number <= TURNS_OF_A_FIRST_ANSWER
        ):
            self._desk.start(self._entitle(conversation, model))
        return draft.outcome(conversation)

    async def _entitle(self, conversation: Conversation, model: str) -> None:
        """A better title than the first words, where a model has one; its failure is nobody's concern."""
        conversing = self._desk.only(model) if model else self._desk.conversing
        if title := await title_for(conversation, conversing):
            await self._record.rename(conversation, title)


def mentions_of(said: Said, asked: Asked) -> tuple[Mention, ...]:
    """What is named, what the command brings along, and what is selected."""
    named = mentions_in(said.rest)
    files = any(mention.kind in ("file", "selection", "open") for mention in named)
    brought = PROMPTS[said.command].attaches if said.command else ()
    if not files and asked.looking.has_selection:
        brought = (Mention("selection"), *brought)
    kept = (each for each in brought if not (files and each.kind == "selection"))
    return tuple(dict.fromkeys((*named, *kept)))


def prompt_of(said: Said, gathered: Gathered, mentions: tuple[Mention, ...]) -> str:
    """What the model reads: what is sent along, then the request."""
    request = request_of(said)
    for mention in mentions:
        if mention.pasted:
            request = request.replace(mention.pasted, "(it is attached)")
    attached: tuple[Attachment, ...] = gathered.attachments
    return "\n\n".join((*map(shown_to_model, attached), request))
