"""What a conversation is called: a few words by a model, made harmless."""

from __future__ import annotations

import re

from foretype.errors import ForetypeError
from foretype.flows.chatting.messages import plain
from foretype.flows.chatting.shortening import words_of
from foretype.flows.chatting.turns import Conversation, first_words
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Question
from foretype.prompt.asked import Message
from foretype.prompt.texts import text

TITLE_TOKENS = 32
MOST_OF_A_TURN = 1000
_NOT_IN_TITLES = re.compile(r"[^\w\s.,;()+?–-]")


async def title_for(conversation: Conversation, conversing: Conversing) -> str:
    """A title for the first exchange, empty where no model has one."""
    said = "\n\n".join(f"{turn.speaker}: {turn.text[:MOST_OF_A_TURN]}" for turn in conversation.turns[:2])
    asked = (Message("system", text("chat/title")), Message("user", plain(said)))
    try:
        words = await words_of(conversing, Question(asked, TITLE_TOKENS, reasoning_effort="none"))
    except ForetypeError:
        return ""
    return cleaned(words)


def cleaned(words: str) -> str:
    """One line of plain words, whatever the model made of it."""
    first = next((line for line in words.splitlines() if line.strip()), "")
    plain_words = _NOT_IN_TITLES.sub("", first).strip(" .,:;'#-–")
    return first_words(plain_words)
