"""The likeliest ways in which a line goes on, found best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import log
from time import thread_time
from typing import TYPE_CHECKING

from foretype.predictor.vocabulary import LINE_END

if TYPE_CHECKING:
    from foretype.predictor.blending import Guess


@dataclass(frozen=True)
class Effort:
    """What a search may spend; the deadline counts this thread's own time since the question was asked."""

    expansions: int = 20
    guesses_for_first: int = 8
    guesses_per_step: int = 3
    continuations: int = 4
    hopeless_cost: float = 5.0
    margin_cost: float = 2.0
    deadline_s: float = 0.0025


@dataclass(frozen=True)
class Continuation:
    """A whole rest of a line: what it costs (the negative logarithm of its probability) and its guesses."""

    cost: float
    guesses: tuple[Guess, ...]

    @property
    def pieces(self) -> tuple[int, ...]:
        return tuple(guess.piece for guess in self.guesses)

    def with_guess(self, guess: Guess) -> Continuation:
        return Continuation(self.cost - log(guess.probability), (*self.guesses, guess))


def continuations(
    first: Sequence[Guess],
    following: Callable[[Sequence[Guess]], Sequence[Guess]],
    effort: Effort,
    started: float,
) -> list[Continuation]:
    """The rests of the line that the guesses lead to, the likeliest first, as far as the effort reaches."""
    deadline = started + effort.deadline_s
    queue: list[tuple[float, int, Continuation]] = []
    pushed = 0
    for guess in first[: effort.guesses_for_first]:
        begun = Continuation(0.0, ()).with_guess(guess)
        heappush(queue, (begun.cost, pushed, begun))
        pushed += 1
    complete: list[Continuation] = []
    expansions = 0
    limit = effort.hopeless_cost
    while queue and len(complete) < effort.continuations:
        path = heappop(queue)[2]
        if path.cost > limit:
            break
        if path.guesses[-1].piece == LINE_END:
            complete.append(path)
            limit = min(limit, path.cost + effort.margin_cost)
            continue
        if expansions >= effort.expansions or thread_time() > deadline:
            continue
        expansions += 1
        for guess in following(path.guesses)[: effort.guesses_per_step]:
            longer = path.with_guess(guess)
            heappush(queue, (longer.cost, pushed, longer))
            pushed += 1
    return complete
