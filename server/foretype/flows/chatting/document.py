"""A conversation as a Markdown document: what the user types in its last section is what is asked.

The first line carries the conversation's id; a section begins at a heading that only Foretype writes, and a
line of an answer that looks like one is written with a backslash before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from foretype.flows.chatting.messages import messages_of
from foretype.flows.chatting.turns import Conversation, Turn
from foretype.postprocess.safe_markdown import safe_markdown

YOU = "## You"
FORETYPE = "## Foretype"
ANSWERING = f"{FORETYPE} · answering"
ENDINGS = {"length": "too long", "cancelled": "stopped", "broken": "broke off", "filtered": "filtered"}

_ID = re.compile(r"<!-- foretype chat ([0-9a-f]{12}) -->")
_HEADING = re.compile(r"## (You|Foretype)(?: · .*)?")
_LIKE_HEADING = re.compile(r"^(\s*)(?=## (?:You|Foretype)\b)", re.MULTILINE)

Action = Literal["send", "stop", "go_on", "sent"]


@dataclass(frozen=True)
class Section:
    """A heading at `line` (from zero) and the text below it."""

    is_yours: bool
    heading: str
    line: int
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether an answer ended by itself."""
        return not any(self.heading.endswith(f" · {each}") for each in (*ENDINGS.values(), "answering"))


@dataclass(frozen=True)
class ChatText:
    """A chat document, read."""

    id: str | None
    sections: tuple[Section, ...]

    @property
    def last(self) -> Section | None:
        return self.sections[-1] if self.sections else None

    @property
    def broke_off(self) -> bool:
        """Whether the last answer is not whole, and nothing has been asked since."""
        answered = [section for section in self.sections if section.text or not section.is_yours]
        return bool(answered) and not answered[-1].is_yours and not answered[-1].is_whole

    @property
    def was_killed(self) -> bool:
        """Whether an answer still says that it is being written."""
        return any(section.heading == ANSWERING for section in self.sections)

    @property
    def earlier(self) -> tuple[Turn, ...]:
        """The turns above the question that is being asked."""
        return tuple(
            Turn("user" if section.is_yours else "assistant", section.text)
            for section in self.sections[:-1]
            if section.text
        )


@dataclass(frozen=True)
class Offered:
    """A code action of a chat document."""

    title: str
    action: Action


def read(text: str) -> ChatText:
    """The sections of a document."""
    lines = text.split("\n")
    id = next((found[1] for line in lines[:3] if (found := _ID.fullmatch(line.strip()))), None)
    starts = [at for at, line in enumerate(lines) if _HEADING.fullmatch(line.rstrip())]
    sections = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        heading = lines[start].rstrip()
        body = "\n".join(lines[start + 1 : end]).strip()
        sections.append(Section(heading.startswith(YOU), heading, start, body))
    return ChatText(id, tuple(sections))


def offered(text: str, line: int, is_answering: bool) -> tuple[Offered, ...]:
    """What can be done at a line of a chat document: in its last section, and at an answer."""
    found = read(text)
    if is_answering:
        return (Offered("Foretype: stop", "stop"),)
    here = [section for section in found.sections if section.line <= line]
    sent = (Offered("Foretype: show what was sent", "sent"),) if here and not here[-1].is_yours else ()
    if found.last is None or here[-1:] != [found.last]:
        return sent
    if found.last.is_yours and found.last.text:
        return (Offered("Foretype: send", "send"),)
    return (Offered("Foretype: go on with the answer", "go_on"), *sent) if found.broke_off else sent


def new_document(conversation: Conversation, question: str = "") -> str:
    """A document with what was said so far, and room for the next question."""
    title = safe_markdown(conversation.title).replace("\n", " ") or "Chat"
    head = f"<!-- foretype chat {conversation.id} -->\n\n# {title}\n"
    sections = "".join(f"\n{section_of(turn)}\n" for turn in conversation.turns)
    return f"{head}{sections}\n{YOU}\n\n{question}" + ("\n" if question else "")


def sent_document(conversation: Conversation) -> str:
    """What a model is sent of a conversation, word for word."""
    parts = ["# What the model reads"]
    for message in messages_of(conversation):
        images = f" · images: {len(message.images)}" if message.images else ""
        parts.append(f"### {message.role}{images}\n\n{fenced(message.text)}")
    return "\n\n".join(parts) + "\n"


def fenced(text: str) -> str:
    """A block of code that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return safe_markdown(f"{fence}\n{text}\n{fence}")


def harmless(turn: Turn) -> Turn:
    """A model's words as they may be drawn; the user's own are theirs."""
    if turn.speaker == "user":
        return turn
    return replace(turn, text=safe_markdown(turn.text), reasoning=safe_markdown(turn.reasoning))


def section_of(turn: Turn) -> str:
    turn = harmless(turn)
    if turn.speaker == "user":
        return f"{YOU}\n\n{unlike_heading(turn.text)}"
    heading = heading_of(turn.model, turn.finish)
    thoughts = f"\n\n{thoughts_of(turn.reasoning)}" if turn.reasoning.strip() else ""
    return f"{heading}\n\n{unlike_heading(turn.text)}{thoughts}"


def heading_of(model: str, finish: str) -> str:
    ending = f" · {ENDINGS[finish]}" if finish in ENDINGS else ""
    return f"{FORETYPE} · {model}{ending}" if model else f"{FORETYPE}{ending}"


def thoughts_of(reasoning: str) -> str:
    """A model's thoughts as a part of their own, that an editor can fold."""
    quoted = "\n".join(f"> {line}".rstrip() for line in reasoning.strip().split("\n"))
    return f"#### Thoughts\n\n{quoted}"


def unlike_heading(text: str) -> str:
    return _LIKE_HEADING.sub(r"\1\\", text)


def exported(conversation: Conversation) -> str:
    """The conversation as a Markdown file for other people."""
    title = safe_markdown(conversation.title).replace("\n", " ") or "Chat"
    return "\n\n".join((f"# {title}", *map(section_of, conversation.turns))) + "\n"
