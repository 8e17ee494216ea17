"""Answers with moved text held against exact ones, on a scripted model."""

from __future__ import annotations

from foretype.evaluation.agreement import KEYS_AT_ONCE, Ask, Pair, Said, agreed, compared
from foretype.evaluation.holes import Hole
from foretype.predictor.building import SourceFile

FILE = SourceFile("a.py", "python", "def f():\n    return value\n\nend = 1\n")
AT_VALUE = Hole(0, 1, 11, "value")


class Model:
    """Writes another answer where text was moved, if it is told so."""

    def __init__(self, moved_answer: str = "value", moved: int = 20) -> None:
        self.asked: list[tuple[str, str, int, bool]] = []
        self._moved_answer = moved_answer
        self._moved = moved

    async def ask(self, prefix: str, suffix: str, tokens: int, may_move: bool) -> Said:
        self.asked.append((prefix, suffix, tokens, may_move))
        text = self._moved_answer if may_move else "value"
        return Said(text[:tokens], self._moved if may_move else 0)


async def pair_of(ask: Ask, hole: Hole = AT_VALUE) -> Pair | None:
    return await compared(ask, FILE, hole)


async def test_the_line_is_typed_from_its_indentation_on() -> None:
    model = Model()
    assert await pair_of(model.ask)
    assert model.asked[0] == ("def f():\n    ", "\n\nend = 1", 1, False)
    typed = [prefix for prefix, _, tokens, may_move in model.asked if may_move and tokens == 1]
    lengths = [len(prefix) - len("def f():\n    ") for prefix in typed]
    assert lengths == [KEYS_AT_ONCE, 2 * KEYS_AT_ONCE, 7]
    assert typed[-1] == "def f():\n    return "


async def test_the_first_token_and_the_whole_answer_are_compared() -> None:
    alike, later, apart = [await pair_of(Model(answer).ask) for answer in ("value", "valid", "other")]
    assert alike
    assert later
    assert apart
    found = agreed([alike, later, apart])
    assert (found.holes, found.same_first, found.same_answer) == (3, 2 / 3, 1 / 3)


async def test_a_hole_where_nothing_was_moved_says_nothing() -> None:
    assert await pair_of(Model().ask, Hole(0, 1, 4, "return value")) is None
    assert await pair_of(Model(moved=0).ask) is None
    assert agreed([]).holes == 0
