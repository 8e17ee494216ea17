"""What was shown and what became of it."""

from __future__ import annotations

from foretype.flows.completion.offers import MAX_OPEN, Offers, Tally
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import at

ONE = Suggestion("one", 1)
HERE = at("x = █")


def test_each_offer_has_an_id_of_its_own() -> None:
    offers = Offers()
    made = (*offers.make(HERE, [ONE, Suggestion("two")]), *offers.make(HERE, [ONE]))
    assert len({offer.id for offer in made}) == 3
    assert (made[0].text, made[0].replace_after) == ("one", 1)


def test_an_outcome_counts_once() -> None:
    offers = Offers()
    first, second, _ = offers.make(HERE, [ONE, ONE, ONE])
    assert offers.accepted(first.id) == (first, HERE)
    assert not offers.accepted(first.id)
    assert not offers.rejected(first.id)
    assert offers.rejected(second.id)
    assert offers.tally == Tally(shown=3, accepted=1, rejected=1)


def test_an_id_that_was_never_given() -> None:
    offers = Offers()
    assert not offers.accepted("7")
    assert not offers.rejected("")
    assert offers.tally == Tally(0, 0, 0)


def test_only_so_many_are_kept_in_mind() -> None:
    offers = Offers()
    made = [offers.make(HERE, [ONE])[0] for _ in range(MAX_OPEN + 1)]
    assert not offers.accepted(made[0].id)
    assert offers.accepted(made[1].id)
    assert offers.tally.shown == MAX_OPEN + 1


def test_nothing_suggested_is_nothing_shown() -> None:
    offers = Offers()
    assert offers.make(HERE, []) == ()
    assert offers.tally.shown == 0
