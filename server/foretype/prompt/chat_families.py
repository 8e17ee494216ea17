"""How conversations are laid out, as rows: a file's own chat template is a program, and is never run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from foretype.prompt.asked import ChatPrompt, Message
from foretype.prompt.pieces import Kind, Piece
from foretype.prompt.special_tokens import any_of


@dataclass(frozen=True)
class ChatFamily:
    """One row: `system`, `user` and `assistant` lay out one turn each, `answer` begins the one wanted.

    Without a `system` of its own, what the system says stands before the first question.
    """

    name: str
    words: tuple[str, ...]
    user: str
    assistant: str
    answer: str
    system: str = ""


CHATML = ChatFamily(
    name="chatml",
    words=("<|im_start|>", "<|im_end|>"),
    system="<|im_start|>system\n{text}<|im_end|>\n",
    user="<|im_start|>user\n{text}<|im_end|>\n",
    assistant="<|im_start|>assistant\n{text}<|im_end|>\n",
    answer="<|im_start|>assistant\n",
)

LLAMA_3 = ChatFamily(
    name="llama-3",
    words=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    system="<|start_header_id|>system<|end_header_id|>\n\n{text}<|eot_id|>",
    user="<|start_header_id|>user<|end_header_id|>\n\n{text}<|eot_id|>",
    assistant="<|start_header_id|>assistant<|end_header_id|>\n\n{text}<|eot_id|>",
    answer="<|start_header_id|>assistant<|end_header_id|>\n\n",
)

GEMMA = ChatFamily(
    name="gemma",
    words=("<start_of_turn>", "<end_of_turn>"),
    user="<start_of_turn>user\n{text}<end_of_turn>\n",
    assistant="<start_of_turn>model\n{text}<end_of_turn>\n",
    answer="<start_of_turn>model\n",
)

DEEPSEEK = ChatFamily(
    name="deepseek",
    words=("<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>", "<\uff5cend\u2581of\u2581sentence\uff5c>"),
    system="{text}\n\n",
    user="<\uff5cUser\uff5c>{text}",
    assistant="<\uff5cAssistant\uff5c>{text}<\uff5cend\u2581of\u2581sentence\uff5c>",
    answer="<\uff5cAssistant\uff5c>",
)

PHI = ChatFamily(
    name="phi-3",
    words=("<|user|>", "<|assistant|>", "<|end|>"),
    system="<|system|>\n{text}<|end|>\n",
    user="<|user|>\n{text}<|end|>\n",
    assistant="<|assistant|>\n{text}<|end|>\n",
    answer="<|assistant|>\n",
)

MISTRAL = ChatFamily(
    name="mistral",
    words=("[INST]", "[/INST]"),
    user="[INST] {text}[/INST]",
    assistant=" {text}</s>",
    answer="",
)

CHAT_FAMILIES: tuple[ChatFamily, ...] = (LLAMA_3, GEMMA, DEEPSEEK, PHI, MISTRAL, CHATML)


def words_of_all() -> tuple[str, ...]:
    """Every word by which a family is recognised."""
    return tuple(dict.fromkeys(word for family in CHAT_FAMILIES for word in family.words))


def chat_family_for(words: Collection[str]) -> ChatFamily | None:
    """The family whose words a vocabulary has; None where it was not made for conversations."""
    return next((family for family in CHAT_FAMILIES if all(word in words for word in family.words)), None)


def chat_pieces(family: ChatFamily, prompt: ChatPrompt) -> tuple[Piece, ...]:
    """The conversation, up to where the answer begins, or goes on."""
    messages = prompt.messages if family.system else with_system_in_front(prompt.messages)
    pieces = [piece for message in messages[:-1] for piece in turn(family, message)]
    last = messages[-1]
    if last.role == "assistant":
        pieces += [*parts(family.answer, family, ""), Piece(Kind.TEXT, last.text)]
    else:
        pieces += [*turn(family, last), *parts(family.answer, family, "")]
    return tuple(piece for piece in pieces if piece.text)


def turn(family: ChatFamily, message: Message) -> Iterator[Piece]:
    template = {"system": family.system, "user": family.user, "assistant": family.assistant}[message.role]
    return parts(template, family, message.text)


def parts(template: str, family: ChatFamily, text: str) -> Iterator[Piece]:
    before, slot, after = template.partition("{text}")
    yield from control_and_text(before, family)
    if slot:
        yield Piece(Kind.TEXT, text)
    yield from control_and_text(after, family)


def control_and_text(template: str, family: ChatFamily) -> Iterator[Piece]:
    pattern = any_of((*family.words, "<|system|>", "</s>"))
    at = 0
    for found in pattern.finditer(template):
        yield Piece(Kind.TEXT, template[at : found.start()])
        yield Piece(Kind.CONTROL, found.group())
        at = found.end()
    yield Piece(Kind.TEXT, template[at:])


def with_system_in_front(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """For families without such a turn: its text stands before the first question."""
    said = "\n\n".join(message.text for message in messages if message.role == "system")
    others = [message for message in messages if message.role != "system"]
    first = next((n for n, message in enumerate(others) if message.role == "user"), None)
    if not said or first is None:
        return tuple(others)
    text = f"{said}\n\n{others[first].text}"
    others[first] = Message("user", text, others[first].images)
    return tuple(others)
