from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from foretype.predictor.building import SourceFile, build
from foretype.predictor.segment import Segment
from foretype.predictor.vocabulary import FIRST_PIECE, FIRST_WORD, Vocabulary
from foretype.predictor.workspace import FOLDER_WEIGHT, Scope, Workspace

WORDS = st.lists(st.sampled_from(["a", "b", "cc", "é", "𝛼", "=", "(", ")"]), max_size=12).map(" ".join)
FILES = st.lists(st.lists(WORDS, max_size=5).map("\n".join), max_size=3)


def segment_of(*texts: str) -> Segment:
    return build(SourceFile(f"{at}.py", "code", text) for at, text in enumerate(texts))


def tokens_of(segment: Segment) -> list[int]:
    """All tokens, forwards."""
    return [segment.token(place) for place in range(len(segment.places))][::-1]


def backwards(numbers: list[int]) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in reversed(numbers))


@given(FILES)
def test_every_context_is_found_as_often_as_it_stands(texts: list[str]) -> None:
    segment = segment_of(*texts)
    tokens = tokens_of(segment)
    for length in (1, 2, 3):
        contexts = Counter(tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1))
        for context, count in contexts.items():
            low, high = segment.ranges(backwards(list(context)))[length - 1]
            assert high - low == count


@given(FILES)
def test_the_places_are_a_permutation(texts: list[str]) -> None:
    segment = segment_of(*texts)
    assert sorted(segment.places) == list(range(len(segment.places)))


def test_words_have_numbers_in_sorted_order() -> None:
    segment = segment_of("beta = alpha\ngamma = alpha\n")
    assert list(segment.words) == ["=", "alpha", "beta", "gamma"]
    number = segment.number("beta")
    assert number is not None
    assert segment.word(number) == "beta"
    assert segment.number("delta") is None
    assert segment.count(FIRST_WORD + 1) == 2
    assert [segment.word(n) for n in segment.numbers_that_begin("g", 9)] == ["gamma"]


def test_a_file_has_its_places() -> None:
    segment = segment_of("first\n", "second\n")
    spans = [segment.span_of(path) for path in ("0.py", "1.py", "2.py")]
    assert [len(span) for span in spans] == [3, 3, 0]
    second = [segment.token(place) for place in spans[1]]
    assert segment.number("second") in second
    assert segment.number("first") not in second


def test_nothing_makes_an_empty_segment() -> None:
    segment = build([])
    assert segment.number("a") is None
    assert segment.ranges(backwards([FIRST_WORD - 1])) == []


def test_the_workspace_says_what_followed_with_the_sessions_numbers() -> None:
    vocabulary = Vocabulary()
    vocabulary.number("something seen before")
    workspace = Workspace(segment_of("a = b\na = b\n", "a = c\n"), vocabulary)
    context = workspace.context("".join(chr(vocabulary.number(word)) for word in ("a", "=")))

    def followed(scope: Scope) -> Counter[str]:
        return Counter(vocabulary.text_of(piece) for piece, _, _ in workspace.after(context, scope))

    assert followed(Scope()) == {" b": 2, " c": 1}
    assert followed(workspace.scope("0.py", ["not here.py"])) == {" c": 1}


def test_what_stands_in_the_same_folder_counts_more() -> None:
    vocabulary = Vocabulary()
    files = [
        SourceFile(f"/{folder}/f.py", "code", f"a = {folder}\n") for folder in ("here", "hereafter", "there")
    ]
    workspace = Workspace(build(files), vocabulary)
    context = workspace.context("".join(chr(vocabulary.number(word)) for word in ("a", "=")))

    def weights(path: str) -> dict[str, float]:
        found = workspace.after(context, workspace.scope(path, ()))
        return {vocabulary.text_of(piece).strip(): weight for piece, _, weight in found}

    assert weights("/here/new.py") == {"here": FOLDER_WEIGHT, "hereafter": 1.0, "there": 1.0}
    assert weights("/elsewhere/new.py") == {"here": 1.0, "hereafter": 1.0, "there": 1.0}
    assert weights("/new.py") == dict.fromkeys(("here", "hereafter", "there"), FOLDER_WEIGHT)
    assert weights("/there/f.py") == {"here": 1.0, "hereafter": 1.0}, "its own old text is left out"


def test_a_file_ends_its_last_line() -> None:
    vocabulary = Vocabulary()
    workspace = Workspace(segment_of("lonely", "lonely"), vocabulary)
    context = workspace.context(chr(vocabulary.number("lonely")))
    assert all(piece < FIRST_PIECE for piece, _, _ in workspace.after(context, Scope()))
    assert len(workspace.after(context, Scope())) == 2


def test_a_word_is_counted_by_its_contexts() -> None:
    vocabulary = Vocabulary()
    workspace = Workspace(segment_of("x = one\nx = one\ny = one\n", "x = one\n"), vocabulary)
    one = vocabulary.number("one")
    context = workspace.context("".join(chr(vocabulary.number(word)) for word in ("x", "=")))
    by_order = {order: weight for _, order, weight in workspace.of_word(one, 0, context, Scope())}
    assert by_order == {1: 1.0, 2: 3.0}
    without = workspace.of_word(one, 0, context, workspace.scope("0.py", ()))
    assert {order: weight for _, order, weight in without} == {2: 1.0}
