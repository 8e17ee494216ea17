"""Every failure has a sentence that a user can act on."""

from __future__ import annotations

import pytest

from foretype import errors
from foretype.backends.cures import sentence_for, spoken
from foretype.errors import BackendError

KINDS = sorted(BackendError.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("endpoint", ["hf", "lab"])
@pytest.mark.parametrize("model", ["Qwen/Qwen2.5-Coder-7B", "", "{odd}"])
def test_a_sentence_for_every_failure(kind: type[BackendError], endpoint: str, model: str) -> None:
    sentence = sentence_for(kind, endpoint, model, None, "a detail")
    assert sentence[0].isupper() or sentence.startswith(("lab", "{odd}", "the model"))
    assert sentence.endswith((".", "a detail"))
    assert ": ." not in sentence
    assert "{" not in sentence.replace("{odd}", "")


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = errors.__doc__ or ""
    for kind in KINDS:
        assert f"── {kind.__name__} " in drawn


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "a moment"), (0.2, "1 s"), (59.6, "60 s"), (900, "15 min")]
)
def test_a_time_as_one_would_say_it(seconds: float | None, words: str) -> None:
    assert spoken(seconds) == words
