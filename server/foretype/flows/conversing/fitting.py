"""A question cut to what its model can do, and what the user is to know of that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from foretype.backends.delta import Delta
from foretype.flows.conversing.question import Answerer, Deltas, Question
from foretype.flows.providers.capabilities import Capabilities
from foretype.prompt.asked import Message
from foretype.prompt.budget import TokenCost

TOKENS_PER_MESSAGE = 8
LEAST_TOKENS = 256
CUT_OFF = "\n[…]\n"


@dataclass(frozen=True)
class Fitting:
    """Stands before a model that answers; what was left out is the first thing that it says."""

    answerer: Answerer
    capabilities: Callable[[], Awaitable[Capabilities]]

    @property
    def name(self) -> str:
        return self.answerer.name

    async def answer(self, question: Question) -> Deltas:
        fitted, notes = fitted_to(question, await self.capabilities(), self.name)
        for note in notes:
            yield Delta(note=note)
        async with aclosing(self.answerer.answer(fitted)) as deltas:
            async for delta in deltas:
                yield delta


def fitted_to(question: Question, can: Capabilities, name: str) -> tuple[Question, tuple[str, ...]]:
    """The question as this model can be asked it, and a sentence for each thing that it is not asked."""
    messages, notes = question.messages, []
    images = sum(len(message.images) for message in messages)
    if images and can.has_vision is False:
        messages = tuple(replace(message, images=()) for message in messages)
        notes.append(
            f"{name} cannot see images: {counted(images, 'image')} left out, and it has the text only."
        )
    if can.has_tools is False:
        question, messages = replace(question, tools=()), tuple(without_tools(messages))
    if can.has_system is False:
        messages = tuple(folded(messages))
    if can.context_tokens is not None:
        question = replace(question, max_tokens=min(question.max_tokens, can.context_tokens // 2))
        most = max(LEAST_TOKENS, can.context_tokens - question.max_tokens)
        messages, cut = shortened(messages, most)
        notes += [f"{name} reads {can.context_tokens} tokens at a time: {what}." for what in cut]
    return replace(question, messages=tuple(messages)), tuple(notes)


def counted(number: int, thing: str) -> str:
    return f"one {thing} was" if number == 1 else f"{number} {thing}s were"


def without_tools(messages: Sequence[Message]) -> Iterator[Message]:
    """What another model's tools gave is told by the user."""
    for message in messages:
        if message.role == "tool":
            yield Message("user", message.text)
        elif message.text or not message.tool_calls:
            yield replace(message, tool_calls=())


def folded(messages: Sequence[Message]) -> Iterator[Message]:
    """The system's words at the head of the user's first turn, for models that know no system."""
    said = "\n\n".join(message.text for message in messages if message.role == "system")
    for message in messages:
        if message.role == "system":
            continue
        if message.role == "user" and said:
            message = replace(message, text=f"{said}\n\n{message.text}")  # noqa: PLW2901 - the turn itself
            said = ""
        yield message
    if said:
        yield Message("user", said)


def shortened(messages: Sequence[Message], most_tokens: int) -> tuple[tuple[Message, ...], list[str]]:
    """Without the oldest turns that do not fit, and with the middle of the last one cut where even that
    does not. What the system says stays."""
    cost, total = TokenCost(), cost_of(messages)
    if total <= most_tokens:
        return tuple(messages), []
    kept, cut, left_out = list(messages), [], 0
    for message in messages[:-1]:
        if total <= most_tokens:
            break
        if message.role != "system":
            kept.remove(message)
            total -= cost_of((message,))
            left_out += 1
    if left_out:
        cut.append(f"{counted(left_out, 'earlier message')} left out")
    if total > most_tokens:
        last = kept[-1]
        room = max(LEAST_TOKENS // 2, most_tokens - (total - cost_of((last,))) - TOKENS_PER_MESSAGE)
        kept[-1] = replace(last, text=without_middle(last.text, room, cost))
        cut.append("the middle of your last message was left out")
    return tuple(kept), cut


def cost_of(messages: Sequence[Message]) -> int:
    cost = TokenCost()
    return sum(cost.of(message.text) + TOKENS_PER_MESSAGE for message in messages)


def without_middle(text: str, most_tokens: int, cost: TokenCost) -> str:
    """Beginning and end, as much of each as fits."""
    half = len(text) // 2
    while half and cost.of(text[:half]) + cost.of(text[-half:]) > most_tokens:
        half = half * 3 // 4
    return text[:half] + CUT_OFF + text[-half:] if half else ""
