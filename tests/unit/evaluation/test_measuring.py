from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from foretype.evaluation.holes import Hole, Trial, cut_holes, try_holes
from foretype.evaluation.score import score
from foretype.evaluation.subject import Answer, PredictorSubject
from foretype.evaluation.typist import type_file
from foretype.predictor.building import SourceFile
from foretype.predictor.predictor import Predictor

FILE = SourceFile("a.py", "code", "first = 1\n\n    second = 22  \nthird\n")


class Scripted:
    """A model that knows what it will be asked for."""

    def __init__(self, *texts: str, sure: float = 0.9) -> None:
        self.threshold = 0.5
        self.lines: list[str] = []
        self.asked: list[tuple[list[str], int, int]] = []
        self._texts = texts
        self._sure = sure

    def open(self, path: str, family: str, lines: Sequence[str]) -> None:
        self.lines = list(lines)

    def edit(self, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        self.lines[first_line : first_line + removed] = inserted

    def answer(self, line: int, column: int) -> Answer | None:
        self.asked.append((list(self.lines), line, column))
        left = self.lines[line][:column]
        whole = next((text for text in self._texts if text.startswith(left) and text != left), None)
        return Answer(whole[column:], self._sure) if whole else None


@given(st.integers(0, 50), st.integers(0, 5))
def test_holes_lie_in_lines_that_are_not_blank(number: int, seed: int) -> None:
    holes = cut_holes([FILE], number, seed)
    lines = FILE.text.splitlines()
    assert len(holes) == number
    assert holes == cut_holes([FILE], number, seed)
    for hole in holes:
        line = lines[hole.line]
        assert hole.rest == line[hole.column :].rstrip() != ""
        assert line[hole.column] != " " or line[: hole.column].strip()


def test_no_code_has_no_holes() -> None:
    assert cut_holes([SourceFile("a.py", "code", "\n \n")], 5, 1) == []
    assert cut_holes([], 5, 1) == []


def test_the_rest_of_the_line_is_gone_when_the_model_is_asked() -> None:
    model = Scripted("third")
    trials = list(try_holes(model, [FILE], [Hole(0, 3, 2, "ird")]))
    assert model.asked == [(["first = 1", "", "    second = 22  ", "th"], 3, 2)]
    assert trials[0].is_right
    assert model.lines == FILE.text.splitlines()


def test_what_is_below_can_be_hidden() -> None:
    model = Scripted()
    trials = list(try_holes(model, [FILE], [Hole(0, 0, 2, "rst = 1")], below=False))
    assert model.asked == [(["fi"], 0, 2)]
    assert not trials[0].is_right


def trial(probability: float, is_right: bool, rest: str = "rest", seconds: float = 0.001) -> Trial:
    return Trial(Hole(0, 0, 0, rest), rest if is_right else "wrong", probability, seconds)


def test_the_score_counts_the_surest_first() -> None:
    trials = [trial(0.9, True), trial(0.8, True), trial(0.7, False), trial(0.2, False, "a longer rest")]
    result = score(trials, threshold=0.65)
    assert result.right == 0.5
    assert result.right_if_long == 0.0
    assert result.precision_at["50%"] == 1.0
    assert result.precision_at["100%"] == 0.5
    assert (result.shown, round(result.right_if_shown, 3)) == (0.75, 0.667)
    assert result.p50_ms == result.p95_ms == 1.0
    assert [(band.band, band.answers, band.right) for band in result.reliability] == [
        ("0.2-0.3", 1, 0.0),
        ("0.7-0.8", 1, 0.0),
        ("0.8-0.9", 1, 1.0),
        ("0.9-1.0", 1, 1.0),
    ]


def test_a_second_line_counts_as_shown_only_if_it_is_right_too() -> None:
    hole = Hole(0, 0, 0, "rest", "    next")
    good, bad = (Trial(hole, f"rest\n    {text}", 0.9, 0.001) for text in ("next", "other"))
    result = score([good, bad], 0.5)
    assert result.right == 1.0
    assert result.right_if_shown == result.right_if_second_line == 0.5
    assert result.second_lines == 1.0


def test_two_lines_are_typed_at_once() -> None:
    text = "first\n    second"
    replay = type_file(Scripted(text), SourceFile("a.py", "code", text))
    assert (replay.shown, replay.right, replay.wrong) == (1, 1, 0)
    assert replay.characters == len("first\nsecond\n")
    assert replay.keys + replay.accepted_keys == 2


def test_no_trials_score_nothing() -> None:
    assert score([], 0.5).right == 0.0


def test_a_silent_model_saves_no_key() -> None:
    replay = type_file(Scripted(), FILE)
    assert replay.keys == replay.characters
    assert (replay.keys_saved, replay.shown) == (0.0, 0)


def test_a_model_that_knows_the_line_saves_its_keys() -> None:
    replay = type_file(Scripted("third"), SourceFile("a.py", "code", "third\n"))
    assert (replay.keys, replay.accepted_keys, replay.characters) == (1, 1, 6)
    assert (replay.shown, replay.right, replay.wrong) == (1, 1, 0)


def test_a_wrong_suggestion_counts_once_while_it_is_typed_along() -> None:
    replay = type_file(Scripted("thirdly"), SourceFile("a.py", "code", "third\n"))
    assert (replay.shown, replay.right, replay.wrong) == (1, 0, 1)
    assert replay.keys == replay.characters == 6


def test_an_unsure_model_is_not_shown() -> None:
    assert type_file(Scripted("third", sure=0.4), SourceFile("a.py", "code", "third\n")).shown == 0


def test_the_predictor_is_a_subject() -> None:
    subject = PredictorSubject(Predictor())
    subject.open("a.py", "code", ["total = price", "total = "])
    answer = subject.answer(1, 8)
    assert answer is not None
    assert answer.text == "price"
    subject.edit(1, 1, ["nothing like it"])
    assert subject.answer(1, 15) is None
    assert 0.0 < subject.threshold < 1.0
