"""Slash commands: a word at the beginning that stands for a longer request."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.flows.chatting.mentions import Mention
from foretype.prompt.texts import text

_COMMAND = re.compile(r"/([a-z]+)(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Slash:
    """A row: what a command sends along by itself. Its prompt has its name, in `prompt/texts/chat/`."""

    name: str
    attaches: tuple[Mention, ...] = ()


CODE = (Mention("selection"),)
PROMPTS = {
    slash.name: slash
    for slash in (
        Slash("explain", CODE),
        Slash("fix", (*CODE, Mention("diagnostics"))),
        Slash("tests", CODE),
        Slash("doc", CODE),
        Slash("commit", (Mention("diff"),)),
        Slash("summarize"),
        Slash("translate", CODE),
        Slash("suggest"),
    )
}
STEERING = frozenset({"model", "clear"})


@dataclass(frozen=True)
class Said:
    """What the user wrote, taken apart: the command, if there is one, and the rest."""

    command: str
    rest: str


def taken_apart(words: str) -> Said:
    """A word that is no command of ours, such as a path, is part of the text."""
    match = _COMMAND.match(words.lstrip())
    name = match[1].lower() if match else ""
    if match is None or name not in PROMPTS.keys() | STEERING:
        return Said("", words.strip())
    return Said(name, words.lstrip()[match.end() :].strip())


def request_of(said: Said) -> str:
    """The request in full words."""
    if not said.command:
        return said.rest
    asked = text(f"chat/{said.command}")
    return f"{asked}\n\n{said.rest}" if said.rest else asked
