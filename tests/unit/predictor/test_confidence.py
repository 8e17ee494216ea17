from __future__ import annotations

from foretype.predictor.blending import Guess
from foretype.predictor.confidence import Confidence
from foretype.predictor.search import Continuation
from foretype.predictor.traits import TRAITS, Place, traits
from foretype.predictor.vocabulary import LINE_END

FOUND = [
    Continuation(0.1, (Guess(0.9, 900, 6, 4.0), Guess(1.0, LINE_END, 7, 4.0))),
    Continuation(2.3, (Guess(0.1, 901, 2, 1.0), Guess(1.0, LINE_END, 3, 1.0))),
]


def named(place: Place, text: str, rank: int = 0) -> dict[str, float]:
    values = traits(place, text, rank, FOUND)
    assert len(values) == len(TRAITS)
    return dict(zip(TRAITS, values, strict=True))


def test_every_trait_has_a_fitted_weight() -> None:
    confidence = Confidence.fitted()
    assert len(confidence._weights) == len(TRAITS)
    assert sum(weight != 0 for weight in confidence._weights) > len(TRAITS) // 2
    assert 0.25 < confidence.threshold < 0.9


def test_a_probability_stays_one_for_any_traits() -> None:
    confidence = Confidence({"cost": 1e6}, 0.5)
    assert 0.0 <= confidence.of([-1e9] * len(TRAITS)) < confidence.of([1e9] * len(TRAITS)) <= 1.0


def test_the_best_is_surer_than_the_second() -> None:
    confidence, place = Confidence.fitted(), Place("x = ", "", "y = 1", "z = 3")
    first, second = (confidence.of(traits(place, "two", rank, FOUND)) for rank in (0, 1))
    assert first > second
    assert named(place, "two")["ahead"] > 0 > named(place, "two", 1)["behind"]


def test_the_lines_around_say_something() -> None:
    opened = named(Place("    if x", "x", "", "        go()"), ":")
    assert opened["deeper_as_below"] == 1.0
    assert named(Place("    if x", "x", "", "    go()"), ":")["deeper_not_below"] == 1.0
    assert named(Place("    x", "x", "", "        go()"), " = 1")["flat_not_below"] == 1.0
    assert named(Place("  a(", "", "", ""), "b))")["overclosed"] == 1.0
    assert named(Place("  a = (", "", "", ""), "b")["left_open"] == 1.0
    assert named(Place("", "", "above", "below"), "below")["is_line_below"] == 1.0
    assert named(Place("", "", "above", "below"), "above")["is_line_above"] == 1.0
