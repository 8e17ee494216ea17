from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foretype.predictor.building import SourceFile, build
from foretype.predictor.predictor import Prediction, Predictor
from foretype.predictor.search import Effort

PATIENT = Effort(deadline_s=10.0)
LOOPS = """
for item in items:
    print(item)
for item in items:
    check(item)
"""


def at(text: str, workspace: dict[str, str] | None = None) -> Prediction | None:
    """What is predicted at the block sign in a text, given the other files of the workspace."""
    predictor = Predictor(PATIENT)
    if workspace is not None:
        predictor.learned(build([SourceFile(path, "code", text) for path, text in workspace.items()]))
    before, _, after = text.partition("█")
    predictor.opened("key", "here.py", "code", (before + after).split("\n"))
    above = before.split("\n")
    return predictor.predict("key", len(above) - 1, len(above[-1]))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (LOOPS + "for item in █", "items:"),
        (LOOPS + "for item in it█", "ems:"),
        (LOOPS + "for item█", " in items:"),
        (LOOPS + "fo█", "r item in items:"),
        (LOOPS + "for item in items█", ":"),
        ("if █\n" + "if ready:\n    go()\n" * 2, "ready:"),
        ("a -> b\na -> b\na -█", "> b"),
        ("x  =  1\nx  =  1\nx █", " =  1"),
        ("größe = zähle(größe)\ngröße = zähle(grö█", "ße)"),
        ("wert = '𝛼'\nwert = '𝛼'\nwert █", "= '𝛼'"),
        ("a:1\na:1\na:1\na = 2\na █", "= 2"),
        ("$this = $that\n$this = $█", "that"),
    ],
)
def test_a_line_goes_on_as_lines_like_it_did(text: str, rest: str) -> None:
    prediction = at(text)
    assert prediction is not None
    assert prediction.text.partition("\n")[0] == rest


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("if ready:\n    go()\n    stop()\n" * 6 + "if █", "ready:\n    go()"),
        (
            "    if ready:\n        go()\n        stop()\n" * 6 + "    if ready:\n        █",
            "go()\n        stop()",
        ),
        ("if ready:\n\tgo()\n\tstop()\n" * 6 + "if █\n\n", "ready:\n\tgo()"),
        ("if ready:\n    go()\n    stop()\n" * 6 + "if █\n    other()", "ready:"),
    ],
)
def test_a_second_line_comes_where_it_is_as_sure_and_nothing_is_below(text: str, lines: str) -> None:
    prediction = at(text)
    assert prediction is not None
    assert prediction.text == lines


def test_the_workspace_knows_what_the_file_does_not() -> None:
    helper = "from warehouse import shelf\nshelf.restock(amount=12)\n"
    assert at("from warehouse import █") is None
    prediction = at("from warehouse import █", {"helper.py": helper})
    assert prediction is not None
    assert prediction.text == "shelf"


def test_the_workspace_completes_a_word_that_the_file_never_had() -> None:
    prediction = at("import ware█", {"a.py": "import warehouse\n" * 3, "b.py": "import wardrobe\n"})
    assert prediction is not None
    assert prediction.text == "house"


def test_the_old_text_of_an_open_file_is_left_out() -> None:
    assert at("unlikely = █", {"here.py": "unlikely = words_of_old\n" * 3}) is None


def test_the_same_file_in_the_workspace_counts_once_it_is_another() -> None:
    prediction = at("unlikely = █", {"there.py": "unlikely = words_of_old\n"})
    assert prediction is not None
    assert prediction.text == "words_of_old"


@pytest.mark.parametrize(
    ("text", "rest", "replaced"),
    [
        ("call(first, second)\ncall(first, second)\ncall(█)", "first, second", 0),
        ("if (ready) {\n}\nif (ready) {\n}\nif (█)", "ready) {", 1),
        ("call(first)\ncall(first)\ncall(█first)", None, 0),
        ("value = total + 1\nvalue = total + 1\nvalue = █ + 1", "total", 0),
        ("value = total + 1\nvalue = total + 1\nvalue = █ - 2", None, 0),
    ],
)
def test_what_stands_right_of_the_cursor_is_not_said_again(
    text: str, rest: str | None, replaced: int
) -> None:
    prediction = at(text)
    assert (prediction and prediction.text) == rest
    if prediction:
        column = len(text.partition("█")[0].rpartition("\n")[2])
        assert prediction.replace_to == column + replaced


@pytest.mark.parametrize(("line", "column"), [(-1, 0), (9, 0), (0, 99), (0, -1)])
def test_a_cursor_outside_the_text_gets_nothing(line: int, column: int) -> None:
    predictor = Predictor()
    predictor.opened("key", "a.py", "code", ["text"])
    assert predictor.predict("key", line, column) is None


def test_a_file_that_is_not_open_gets_nothing() -> None:
    predictor = Predictor()
    predictor.edited("never", 0, 0, ["text"])
    predictor.closed("never")
    assert predictor.predict("never", 0, 0) is None


def test_a_line_no_one_reads_gets_nothing() -> None:
    assert at("word " * 500 + "wo█") is None


def test_a_file_too_large_is_not_taken_up() -> None:
    assert at("word word\n" * 300_000 + "word █") is None


def test_a_file_closed_or_saved_lately_is_remembered() -> None:
    predictor = Predictor(PATIENT)
    predictor.opened("other", "other.py", "code", ["answer = forty_two"])
    predictor.closed("other")
    predictor.saved("third.py", "question = unknown\n")
    predictor.opened("key", "here.py", "code", ["answer = ", "question = "])
    answers = [
        predictor.predict("key", line, len(text)) for line, text in enumerate(["answer = ", "question = "])
    ]
    assert [answer and answer.text for answer in answers] == ["forty_two", "unknown"]


def test_what_was_saved_replaces_what_was_indexed() -> None:
    predictor = Predictor(PATIENT)
    predictor.learned(build([SourceFile("other.py", "code", "answer = old_words\n" * 5)]))
    predictor.saved("other.py", "answer = new_words\n")
    predictor.opened("key", "here.py", "code", ["answer = "])
    prediction = predictor.predict("key", 0, 9)
    assert prediction is not None
    assert prediction.text == "new_words"


def test_forgetting_the_workspace_forgets_it() -> None:
    predictor = Predictor(PATIENT)
    predictor.learned(build([SourceFile("other.py", "code", "answer = old_words\n")]))
    predictor.saved("third.py", "answer = old_words\n")
    predictor.learned(None)
    predictor.opened("key", "here.py", "code", ["answer = "])
    assert predictor.predict("key", 0, 9) is None


def test_a_line_copied_many_times_is_surer_than_one_seen_once() -> None:
    once, often = at("total = price\ntotal = █"), at("total = price\n" * 6 + "total = █")
    assert once is not None
    assert often is not None
    assert often.probability > once.probability


LINES = st.text(alphabet="ab =(.):\t'\"{}\\é😀#\x0c\u2028$_1", max_size=16)


@example(["", "", "\\\\\\"], 2, 2)
@given(st.lists(LINES, min_size=1, max_size=8), st.integers(0, 7), st.integers(0, 16))
def test_any_cursor_in_any_text_is_answered(lines: list[str], line: int, column: int) -> None:
    predictor = Predictor(PATIENT)
    predictor.learned(build([SourceFile("there.py", "code", "\n".join(lines))]))
    predictor.opened("key", "here.py", "code", lines)
    prediction = predictor.predict("key", line, column)
    if prediction:
        right = lines[line][column:].rstrip()
        assert prediction.text
        assert prediction.text.count("\n") <= 1
        assert 0.0 <= prediction.probability <= 1.0
        assert column <= prediction.replace_to <= len(lines[line])
        if prediction.replace_to == column and right:
            # What stands there is not written once more; of a run of one sign there may be more of it.
            assert not prediction.text.endswith(right) or not prediction.text.replace(right, "")
