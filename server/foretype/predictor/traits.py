"""What can be said about a continuation before anyone has seen whether it is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, log1p
from typing import TYPE_CHECKING

from foretype.predictor.blending import MAX_ORDER
from foretype.predictor.buffer import indentation_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foretype.predictor.search import Continuation

TRAITS = (
    *("always", "cost", "cost_squared", "probability", "worst", "first", "last", "pieces", "characters"),
    *("ahead", "behind", "alone", "rank", "order", "worst_order", "first_order", "last_order", "support"),
    *(
        "worst_support",
        "begun",
        "begun_letters",
        "at_line_start",
        "only_signs",
        "no_letters",
        "prose",
        "comment",
    ),
    *(
        "text_is_word",
        "is_line_below",
        "is_line_above",
        "deeper_as_below",
        "deeper_not_below",
        "flat_not_below",
    ),
    *("end_of_file", "overclosed", "left_open", "quotes_odd"),
)
_PROSE = re.compile(r"[a-z]+ (?=[a-z]+\b)")
_COMMENT = re.compile(r"\s*(#|//|/\*|\*|--|;)")
_OPENS_BLOCK = (":", "{", "(", "[", "then", "do")


@dataclass(frozen=True)
class Place:
    """The line that is completed, up to the cursor, and the nearest lines that are not blank."""

    left: str
    begun: str
    above: str
    below: str


def traits(place: Place, text: str, rank: int, all_found: Sequence[Continuation]) -> list[float]:
    """The traits of the continuation of this rank, in the order of their names."""
    return [
        *_traits_of_search(rank, all_found),
        *_traits_of_evidence(all_found[rank]),
        *_traits_of_cursor(place, text),
        *_traits_of_lines(place, text),
    ]


def _traits_of_search(rank: int, all_found: Sequence[Continuation]) -> list[float]:
    found = all_found[rank]
    probabilities = [guess.probability for guess in found.guesses]
    rivals = [other.cost for other in all_found if other is not found]
    ahead = min(rivals) - found.cost if rivals else 0.0
    return [
        1.0,
        min(found.cost, 12.0),
        min(found.cost, 12.0) ** 2 / 10.0,
        exp(-found.cost),
        min(probabilities),
        probabilities[0],
        probabilities[-1],
        log1p(len(found.guesses)),
        log1p(sum(guess.piece != -1 for guess in found.guesses)),
        min(max(ahead, 0.0), 5.0),
        max(min(ahead, 0.0), -5.0),
        float(not rivals),
        float(rank),
    ]


def _traits_of_evidence(found: Continuation) -> list[float]:
    orders = [guess.order / MAX_ORDER for guess in found.guesses]
    supports = [log1p(guess.support) for guess in found.guesses]
    return [
        sum(orders) / len(orders),
        min(orders),
        orders[0],
        orders[-1],
        sum(supports) / len(supports),
        min(supports),
    ]


def _traits_of_cursor(place: Place, text: str) -> list[float]:
    begun = place.begun.strip()
    return [
        float(bool(begun)),
        log1p(len(begun)),
        float(not place.left.strip()),
        float(not any(character.isalnum() or character in "_\"'" for character in text)),
        float(not any(map(str.isalpha, text))),
        float(min(4, len(_PROSE.findall(place.left[-60:] + text)))),
        float(_COMMENT.match(place.left) is not None),
        float(text.isidentifier()),
    ]


def _traits_of_lines(place: Place, text: str) -> list[float]:
    line = (place.left + text).strip()
    opens = line.endswith(_OPENS_BLOCK)
    deeper = bool(place.below) and indentation_of(place.below) > indentation_of(place.left + text)
    balance = [line.count(opening) - line.count(closing) for opening, closing in ("()", "[]", "{}")]
    return [
        float(line == place.below.strip()),
        float(line == place.above.strip()),
        float(opens and deeper),
        float(opens and bool(place.below) and not deeper),
        float(not opens and deeper),
        float(not place.below),
        float(min(balance) < 0),
        float(max(balance) > 0),
        float(line.count('"') % 2 + line.count("'") % 2),
    ]
