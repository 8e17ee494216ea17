"""A conversation as the model reads it: what was said before, and nothing that it takes for control words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from foretype.flows.chatting.turns import Conversation, Turn
from foretype.prompt.asked import Message
from foretype.prompt.budget import TokenCost
from foretype.prompt.special_tokens import CHAT_CONTROL, any_of, broken
from foretype.prompt.texts import text

MOST_IMAGES = 4
TOKENS_OF_AN_IMAGE = 1000


def messages_of(conversation: Conversation, more: Iterable[Message] = ()) -> tuple[Message, ...]:
    """System, summary, the turns since; then what belongs to the answer that is being written."""
    system = text("chat/system")
    if conversation.summary:
        system += f"\n\nWhat was said before, summed up:\n{conversation.summary}"
    turns = [turn for turn in conversation.turns if turn.number > conversation.summed_up]
    messages = [*map(message_of, turns), *more]
    return (Message("system", plain(system)), *with_few_images(alternating(messages)))


def message_of(turn: Turn) -> Message:
    if turn.speaker == "user":
        return Message("user", plain(turn.prompt or turn.text), turn.images)
    return Message("assistant", turn.text)


def plain(text: str) -> str:
    """The text with a model's control words broken, whoever wrote them."""
    return broken(any_of(CHAT_CONTROL), text)


def alternating(messages: Iterable[Message]) -> list[Message]:
    """Turns of the user that follow each other are one, and turns without a word are none."""
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        if message.role == "assistant" and not message.text.strip() and not message.tool_calls:
            continue
        if last is not None and last.role == message.role == "user":
            texts = f"{last.text}\n\n{message.text}"
            joined[-1] = replace(last, text=texts, images=(*last.images, *message.images))
        else:
            joined.append(message)
    return joined


def with_few_images(messages: Iterable[Message]) -> list[Message]:
    """The newest images, as many as one may send."""
    kept, left = [], MOST_IMAGES
    for message in reversed(list(messages)):
        images = message.images[max(0, len(message.images) - left) :] if left else ()
        left -= len(images)
        kept.append(replace(message, images=images))
    return kept[::-1]


def without_images(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(replace(message, images=()) for message in messages)


def tokens_of(messages: Iterable[Message]) -> int:
    """What they cost, on the safe side."""
    cost = TokenCost()
    return sum(cost.of(each.text) + 4 + TOKENS_OF_AN_IMAGE * len(each.images) for each in messages)
