"""One deadline for all the models of a chain: who does not begin in time leaves the rest to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from foretype.backends.cures import sentence_for
from foretype.errors import DeadlineExceededError
from foretype.flows.completion.workspace_writer import WorkspaceWriter
from foretype.flows.completion.writer import Order, Writer
from foretype.stream.filters import Deltas

SHARE_BEFORE_ANOTHER = 0.5
LEAST_S = 0.05


class Turn:
    """The time of one request, running since its first model was asked."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end: float | None = None

    def left_s(self, deadline_s: float) -> float:
        now = self._monotonic()
        if self._end is None:
            self._end = now + deadline_s
        return self._end - now


@dataclass(frozen=True)
class Sharing:
    """A writer that has what is left of the time, and half of that to begin where another one waits."""

    writer: Writer
    turn: Turn
    is_last: bool

    @property
    def name(self) -> str:
        return self.writer.name

    async def write(self, order: Order) -> Deltas:
        left_s = self.turn.left_s(order.deadline_s)
        if left_s < LEAST_S:
            sentence = sentence_for(DeadlineExceededError, self.name, self.name, None, "the models before it")
            raise DeadlineExceededError(sentence, endpoint=self.name, model=self.name)
        first_word_s = left_s if self.is_last else left_s * SHARE_BEFORE_ANOTHER
        shared = replace(order, deadline_s=left_s, first_word_s=first_word_s)
        async with aclosing(self.writer.write(shared)) as pieces:
            async for piece in pieces:
                yield piece


def sharing_one_deadline(writers: Sequence[Writer]) -> tuple[Writer, ...]:
    """The same writers with one clock; the predictor takes no time, and is given none."""
    turn = Turn()
    slow = [writer for writer in writers if not isinstance(writer, WorkspaceWriter)]
    return tuple(
        Sharing(writer, turn, is_last=writer is slow[-1]) if writer in slow else writer for writer in writers
    )
