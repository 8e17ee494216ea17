from __future__ import annotations

from collections.abc import Callable, Sequence
from time import thread_time

from foretype.predictor.blending import Guess
from foretype.predictor.search import Continuation, Effort, continuations
from foretype.predictor.vocabulary import LINE_END

PATIENT = Effort(deadline_s=10.0)


def guess(probability: float, piece: int) -> Guess:
    return Guess(probability, piece, 2, 1.0)


END = [guess(1.0, LINE_END)]


def search(
    first: Sequence[Guess], following: Callable[[Sequence[Guess]], Sequence[Guess]], effort: Effort = PATIENT
) -> list[Continuation]:
    return continuations(first, following, effort, thread_time())


def test_the_likeliest_whole_line_wins_over_the_likeliest_beginning() -> None:
    after = {1: [guess(0.3, LINE_END), guess(0.2, 3)], 2: END, 3: END}
    found = continuations(
        [guess(0.6, 1), guess(0.4, 2)], lambda path: after[path[-1].piece], PATIENT, thread_time()
    )
    assert [continuation.pieces for continuation in found] == [(2, LINE_END), (1, LINE_END), (1, 3, LINE_END)]
    assert found == sorted(found, key=lambda continuation: continuation.cost)


def test_a_line_without_end_is_given_up() -> None:
    asked = 0

    def endless(path: Sequence[Guess]) -> list[Guess]:
        nonlocal asked
        asked += 1
        return [guess(1.0, 1)]

    assert search([guess(1.0, 1)], endless, Effort(expansions=7, deadline_s=10.0)) == []
    assert asked == 7


def test_what_is_out_of_time_is_not_asked() -> None:
    assert search([guess(1.0, 1)], lambda _: END, Effort(deadline_s=-1.0)) == []


def test_a_hopeless_line_is_not_worth_an_answer() -> None:
    assert search([guess(0.001, LINE_END)], lambda _: END) == []


def test_a_line_far_behind_the_best_is_dropped() -> None:
    found = search([guess(0.9, LINE_END), guess(0.05, 1)], lambda _: END)
    assert [continuation.pieces for continuation in found] == [(LINE_END,)]
