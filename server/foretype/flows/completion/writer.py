"""What can write at a cursor: a model at an endpoint, or anything else that streams text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from foretype.flows.completion.situation import Situation
from foretype.stream.cursor import Cursor
from foretype.stream.filters import Deltas


class CutOff(Exception):
    """The text ends before it was finished, or before it began; what has arrived may be of use."""


class Writer(Protocol):
    """One entry of the chain of models that complete."""

    @property
    def name(self) -> str: ...

    def write(self, order: Order) -> Deltas: ...


@dataclass(frozen=True)
class Order:
    """What is to be written, where, and how much at most.

    A model that has not begun after `first_word_s` leaves the rest of the time to the next one.
    """

    situation: Situation
    cursor: Cursor
    max_tokens: int
    deadline_s: float
    temperature: float = 0.0
    first_word_s: float | None = None
