"""Whether a completion should be asked for at all: the cheapest request is the one not made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum

from foretype.config.settings import CompleteSettings
from foretype.documents.document import Document
from foretype.flows.completion.situation import Situation

FEWEST_CHARACTERS = 10

# What may stand right of the cursor while typing in the middle of a line: closers, then punctuation.
CLOSING = re.compile(r"[)>}\]\"'`]*[ \t]*[:{;,]?")


class Silence(Enum):
    """Why nothing is suggested."""

    OFF = "completions are off"
    OFF_FOR_LANGUAGE = "completions are off for this language"
    MAY_HOLD_SECRETS = "the file may hold secrets"
    IN_DOUBT = "the editor's text is not known for certain"
    LARGE = "the file is too large"
    SHORT = "there is too little text yet"
    MID_LINE = "code stands right of the cursor"
    REGRETTED = "a suggestion was just rejected or undone here"


def silence(
    situation: Situation,
    settings: CompleteSettings,
    is_secret: Callable[[Document], bool],
    is_regretted: Callable[[Situation], bool],
) -> Silence | None:
    """The first reason to stay silent; what the user asks for by hand is refused for fewer reasons."""
    return next(reasons(situation, settings, is_secret, is_regretted), None)


def reasons(
    situation: Situation,
    settings: CompleteSettings,
    is_secret: Callable[[Document], bool],
    is_regretted: Callable[[Situation], bool],
) -> Iterator[Silence]:
    document = situation.document
    if document.in_doubt:
        yield Silence.IN_DOUBT
    if is_secret(document):
        yield Silence.MAY_HOLD_SECRETS
    if document.is_large:
        yield Silence.LARGE
    if not situation.is_invoked:
        yield from reasons_while_typing(situation, settings)
        if is_regretted(situation):
            yield Silence.REGRETTED


def reasons_while_typing(situation: Situation, settings: CompleteSettings) -> Iterator[Silence]:
    if not settings.enabled:
        yield Silence.OFF
    if not settings.is_on_for(situation.document.language_id):
        yield Silence.OFF_FOR_LANGUAGE
    if not CLOSING.fullmatch(situation.line_after.strip()):
        yield Silence.MID_LINE
    if len(situation.near_before.strip()) < FEWEST_CHARACTERS:
        yield Silence.SHORT
