"""Filling a hole by conversation, for models that know no other way."""

from __future__ import annotations

from foretype.prompt.asked import ChatPrompt, Message
from foretype.prompt.hole import Hole, on_one_line
from foretype.prompt.texts import text

_MARK = "[[CURSOR]]"


def chat_for(hole: Hole) -> ChatPrompt:
    """Asks for the text in place of the mark."""
    mark = unused_mark(hole)
    system = text("hole").replace("{mark}", mark)
    return ChatPrompt((Message("system", system), Message("user", shown(hole, mark))))


def begun_chat_for(hole: Hole) -> ChatPrompt:
    """Asks for the same, with the cursor's line already standing in the answer.

    The answer goes on after the line without its trailing blanks, which some servers drop or refuse.
    """
    mark = unused_mark(hole)
    system = text("hole_begun").replace("{mark}", mark)
    begun = last_words(hole.prefix)
    return ChatPrompt(
        (Message("system", system), Message("user", shown(hole, mark)), Message("assistant", begun))
    )


def last_words(prefix: str) -> str:
    """The last line of the prefix that says something, without the blanks at its end."""
    said = prefix.rstrip()
    return said[said.rfind("\n") + 1 :]


def continued(prefix: str, answer: str) -> str:
    """What a begun answer puts at the cursor: the prefix holds the blanks before it already."""
    blanks = prefix[len(prefix.rstrip()) :]
    common = 0
    while common < min(len(blanks), len(answer)) and blanks[common] == answer[common]:
        common += 1
    return answer[common:]


def shown(hole: Hole, mark: str) -> str:
    """The file with the mark in it, after the pieces of other files."""
    others = "".join(f"File: {on_one_line(chunk.path)}\n{chunk.text}\n\n" for chunk in hole.chunks)
    language = f" ({hole.language})" if hole.language else ""
    return f"{others}File: {on_one_line(hole.path)}{language}\n{hole.prefix}{mark}{hole.suffix}"


def unused_mark(hole: Hole) -> str:
    """A mark that the code does not hold."""
    mark, number = _MARK, 1
    everything = [hole.prefix, hole.suffix, *(chunk.text for chunk in hole.chunks)]
    while any(mark in part for part in everything):
        number += 1
        mark = f"[[CURSOR {number}]]"
    return mark
