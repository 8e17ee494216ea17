"""One answer of a model: its rounds with tools, and the second chances that are worth a try."""

from __future__ import annotations

from contextlib import aclosing

from foretype.errors import ContextTooLongError, ImagesUnsupportedError, RequestRejectedError
from foretype.flows.chatting.draft import Draft
from foretype.flows.chatting.keeping import kept_meanwhile
from foretype.flows.chatting.messages import messages_of, tokens_of, without_images
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.shortening import MOST_TOKENS, shortened
from foretype.flows.chatting.steps import Step
from foretype.flows.chatting.tools import TOOLS, Toolbox, shown
from foretype.flows.chatting.turns import Conversation
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Question
from foretype.prompt.asked import Message, ToolCall

MAX_ANSWER_TOKENS = 4096
MOST_ROUNDS = 6
NO_IMAGES = "The model cannot see images: it was asked without them."
ENOUGH = f"The model called for tools more than {MOST_ROUNDS} times, and was stopped."


class Answering:
    """Lets a model write into a draft until it is done."""

    def __init__(self, record: Record, toolbox: Toolbox) -> None:
        self._record = record
        self._toolbox = toolbox

    async def run(
        self, conversing: Conversing, conversation: Conversation, draft: Draft, more: tuple[Message, ...]
    ) -> None:
        """Round after round: what the model calls for is done, shown, and told to it."""
        conversation = await shortened(conversation, more, conversing, self._record, draft.tell)
        for _ in range(MOST_ROUNDS):
            await self._ask(conversing, conversation, draft, more)
            said, calls = draft.end_round()
            if not calls:
                return
            more = (*more, Message("assistant", said, tool_calls=calls))
            for call in calls:
                more = (*more, await self._called(call, draft))
        draft.tell(Step("note", ENOUGH))

    async def _called(self, call: ToolCall, draft: Draft) -> Message:
        done = await self._toolbox.run(call)
        draft.tell(Step("tool", call.name, shown(call, done)))
        if done.proposal is not None:
            draft.tell(Step("edit", proposal=done.proposal))
        return Message("tool", done.text, answers=call.id)

    async def _ask(
        self, conversing: Conversing, conversation: Conversation, draft: Draft, more: tuple[Message, ...]
    ) -> None:
        """One request; refused for its images or its length before a word came, it is made again without."""
        messages = messages_of(conversation, more)
        try:
            await self._listen(conversing, messages, conversation, draft)
        except (ImagesUnsupportedError, RequestRejectedError):
            if draft.has_begun or not any(message.images for message in messages):
                raise
            draft.tell(Step("note", NO_IMAGES))
            await self._listen(conversing, without_images(messages), conversation, draft)
        except ContextTooLongError:
            most = min(tokens_of(messages), MOST_TOKENS) // 2
            shorter = await shortened(conversation, more, conversing, self._record, draft.tell, most)
            if draft.has_begun or shorter is conversation:
                raise
            await self._listen(conversing, messages_of(shorter, more), shorter, draft)

    async def _listen(
        self,
        conversing: Conversing,
        messages: tuple[Message, ...],
        conversation: Conversation,
        draft: Draft,
    ) -> None:
        question = Question(messages, MAX_ANSWER_TOKENS, tools=TOOLS)
        async with (
            kept_meanwhile(self._record, conversation, draft),
            aclosing(conversing.ask("chat", question)) as pieces,
        ):
            async for piece in pieces:
                draft.take(piece)
