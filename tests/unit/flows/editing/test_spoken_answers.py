"""An answer that speaks where code was wanted changes nothing, however short it is."""

from __future__ import annotations

import pytest

from foretype.backends.delta import Finish
from foretype.errors import EditRefusedError
from foretype.flows.editing.answer import Asked, code_in

ASKED = Asked("make it async", "python", "def f():\n    return 1\n")


@pytest.mark.parametrize(
    "answer",
    ["I cannot do that.", "I'm unable to do this", "Sorry, no.", "Done.", "Done", "No.", "Yes, it is done"],
)
def test_a_reply_is_not_code(answer: str) -> None:
    with pytest.raises(EditRefusedError, match="in words"):
        code_in(answer, Finish.STOP, ASKED)


@pytest.mark.parametrize(
    "answer", ["I = 5", "no = 1", "return Done", "Done()", "I += 1", "Yes if ok else No"]
)
def test_code_that_looks_like_one_is(answer: str) -> None:
    assert code_in(answer, Finish.STOP, ASKED) == answer
