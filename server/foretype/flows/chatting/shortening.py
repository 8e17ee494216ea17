"""A long conversation made short: its older part is summed up before the model's window overflows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing

from foretype.errors import ForetypeError
from foretype.flows.chatting.messages import message_of, messages_of, plain, tokens_of
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.steps import Step, Tell
from foretype.flows.chatting.turns import Conversation, Turn
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Question
from foretype.prompt.asked import Message
from foretype.prompt.budget import TokenCost, head_within
from foretype.prompt.texts import text
from foretype.stream.filters import kept
from foretype.stream.thinking import ThoughtFilter

MOST_TOKENS = 24_000
SUMMARY_TOKENS = 800
MOST_OF_A_TURN = 1500
SUMMED_UP = "The older part of this conversation was summed up for the model, to make room."
LEFT_OUT = "The older part of this conversation is left out of what the model reads, to make room."


async def shortened(
    conversation: Conversation,
    more: Iterable[Message],
    conversing: Conversing,
    record: Record,
    tell: Tell,
    most_tokens: int = MOST_TOKENS,
) -> Conversation:
    """The conversation as it is where it fits; else with a summary in the place of its older turns."""
    if tokens_of(messages_of(conversation, more)) <= most_tokens:
        return conversation
    current = [turn for turn in conversation.turns if turn.number > conversation.summed_up]
    older = current[: len(current) - newest_that_fit(current, most_tokens // 2)]
    if not older:
        return conversation
    try:
        summary = await summed_up(conversation.summary, older, conversing, most_tokens // 2)
        tell(Step("note", SUMMED_UP))
    except ForetypeError:
        summary = conversation.summary
        tell(Step("note", LEFT_OUT))
    return await record.sum_up(conversation, summary, older[-1].number)


def newest_that_fit(turns: list[Turn], most_tokens: int) -> int:
    """How many turns from the end are kept as they are: the last question always."""
    count = 0
    for turn in reversed(turns):
        most_tokens -= tokens_of([message_of(turn)])
        if most_tokens < 0 and count:
            break
        count += 1
    return count


async def summed_up(before: str, turns: list[Turn], conversing: Conversing, most_tokens: int) -> str:
    cost = TokenCost()
    said = "\n\n".join(f"{turn.speaker}: {head_within(turn.text, MOST_OF_A_TURN, cost)}" for turn in turns)
    record = f"{before}\n\n{said}" if before else said
    asked = (
        Message("system", text("chat/summary")),
        Message("user", plain(head_within(record, most_tokens, cost))),
    )
    return await words_of(conversing, Question(asked, SUMMARY_TOKENS, reasoning_effort="none"))


async def words_of(conversing: Conversing, question: Question) -> str:
    """The whole answer to a question that nobody watches, without the thoughts before it."""
    async with aclosing(conversing.ask("chat", question)) as pieces:
        answer = "".join([piece.delta.text async for piece in pieces])
    return kept(answer, ThoughtFilter()).strip()
