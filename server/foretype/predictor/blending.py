"""What a place in the text says about the next piece, and the one opinion made of many such places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

MAX_ORDER = 8

# How much the opinion of shorter contexts weighs against what a context of each length has seen.
BACK_OFF = (30.0, 8.0, 4.0, 3.0, 2.0, 1.5, 1.0, 1.0, 1.0)


# A piece that followed at some place, how many tokens before it were the same as here, and a weight.
Evidence: TypeAlias = tuple[int, int, float]


class Guess(NamedTuple):
    """A piece that may come next; sorts by its probability."""

    probability: float
    piece: int
    order: int
    support: float


def blend(evidence: Iterable[Evidence], uniform: float = 0.0) -> list[Guess]:
    """The pieces seen, the likeliest first: each context length corrects what the shorter ones say."""
    rows: dict[int, list[float]] = {}
    totals = [0.0] * (MAX_ORDER + 1)
    for piece, order, weight in evidence:
        row = rows.get(piece)
        if row is None:
            row = rows[piece] = [0.0] * (MAX_ORDER + 1)
        row[order] += weight
        totals[order] += weight
    ladder = _ladder(totals)
    guesses = [_guess(piece, row, ladder, uniform) for piece, row in rows.items()]
    guesses.sort(reverse=True)
    return guesses


def _ladder(totals: list[float]) -> list[tuple[int, float, float]]:
    """Of each context length that was seen, longest first: the length, all its weight, its back-off."""
    ladder = []
    total = 0.0
    for order in range(MAX_ORDER, -1, -1):
        if totals[order]:
            total += totals[order]
            ladder.append((order, total + BACK_OFF[order], BACK_OFF[order]))
    return ladder


def _guess(piece: int, row: list[float], ladder: list[tuple[int, float, float]], uniform: float) -> Guess:
    longest = 0
    support = probability = 0.0
    seen = 0.0
    share = 1.0
    # From the longest context down: what is left of the share goes to the next shorter one.
    for order, total, back_off in ladder:
        if row[order]:
            if not seen:
                longest, support = order, row[order]
            seen += row[order]
        probability += share * seen / total
        share *= back_off / total
    return Guess(probability + share * uniform, piece, longest, support)
