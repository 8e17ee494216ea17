"""What stands behind the cursor, moved as one types: what is read, and that nothing exact rests on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from foretype.engine.answers import Usage
from foretype.engine.client import Engine
from foretype.engine.session import MOST_DRIFT_TOKENS

from engine.made_models import recurrent_model
from engine.running import MODEL, OPTIONS, hole, text_of
from engine.test_writing import without_cache

ABOVE = "import os\n\n\n" + "".join(f"def function_{n}(a, b):\n    return a + {n} * b\n\n" for n in range(20))
BELOW = "\n\n\n" + "".join(f"class Shape{n}:\n    sides = {n}\n\n" for n in range(12))
TYPED = "def total(values):\n    return sum(values)"


@dataclass(frozen=True)
class Typed:
    """What one key after the other cost."""

    costs: list[Usage]
    read_by_llama: int

    @property
    def evaluated(self) -> int:
        return sum(cost.evaluated for cost in self.costs)

    @property
    def written(self) -> int:
        return sum(cost.written for cost in self.costs)


async def typed(engine: Engine, text: str, *, may_move: bool, keys: int = 3) -> Typed:
    """A completion of two tokens after every few keys of a text, from its first character on."""
    await text_of(engine, hole(ABOVE + text[:1], BELOW), 1)
    before = await counted(engine)
    costs = []
    for length in (*range(1 + keys, len(text), keys), len(text)):
        _, _, usage = await text_of(engine, hole(ABOVE + text[:length], BELOW), 2, may_move=may_move)
        costs.append(usage)
    return Typed(costs, await counted(engine) - before)


async def counted(engine: Engine) -> int:
    count: int = (await engine.loaded())[0]["counted"]
    return count


async def suffix_tokens(engine: Engine) -> int:
    """How many tokens stand behind the cursor, the word before them counted."""
    _, _, with_text = await text_of(engine, hole("x", BELOW), 1)
    _, _, without = await text_of(engine, hole("x", ""), 1)
    return with_text.prompt - without.prompt + 1


async def test_what_stands_behind_the_cursor_is_not_read_again(engine: Engine) -> None:
    suffix = await suffix_tokens(engine)
    exact = await typed(engine, TYPED, may_move=False)
    moved = await typed(engine, TYPED, may_move=True)
    assert exact.evaluated > len(exact.costs) * suffix
    assert moved.evaluated < len(moved.costs) * 6
    assert all(cost.moved == suffix for cost in moved.costs)
    assert all(cost.moved == 0 for cost in exact.costs)
    # llama.cpp's own count has what was written besides, of each text at most as much.
    assert 0 <= moved.read_by_llama - moved.evaluated <= moved.written
    assert 0 <= exact.read_by_llama - exact.evaluated <= exact.written


@pytest.mark.parametrize("behind", [BELOW, BELOW[: len(BELOW) // 2]], ids=["same", "less"])
async def test_an_exact_answer_rests_on_nothing_that_was_moved(engine: Engine, behind: str) -> None:
    await typed(engine, TYPED, may_move=True)
    text, _, usage = await text_of(engine, hole(ABOVE + TYPED, behind), 8)
    assert text == without_cache(ABOVE + TYPED, behind, 8)
    assert (usage.moved, usage.evaluated > len(behind) // 4) == (0, True)


async def test_a_moved_answer_is_near_the_exact_one(engine: Engine) -> None:
    """In the right places, a part of this weak model's answers stay; in wrong ones hardly any does."""
    same = 0
    for length in range(4, len(TYPED), 3):
        await text_of(engine, hole(ABOVE + TYPED[: length - 3], BELOW), 1)
        moved, _, usage = await text_of(engine, hole(ABOVE + TYPED[:length], BELOW), 4, may_move=True)
        assert usage.moved
        exact, _, _ = await text_of(engine, hole(ABOVE + TYPED[:length], BELOW), 4)
        same += moved == exact
    assert same >= 3


async def test_too_much_typed_is_read_exactly(engine: Engine) -> None:
    long = "".join(f"value_{n} = {n} + other_{n}\n" for n in range(MOST_DRIFT_TOKENS // 4))
    moved = await typed(engine, long, may_move=True, keys=8)
    read_again = [cost for cost in moved.costs if not cost.moved]
    assert len(moved.costs) // 4 > len(read_again) >= 2


async def test_other_text_behind_the_cursor_is_read(engine: Engine) -> None:
    await text_of(engine, hole(ABOVE + "x", BELOW), 1)
    _, _, usage = await text_of(engine, hole(ABOVE + "x =", ")" + BELOW), 1, may_move=True)
    assert (usage.moved, usage.evaluated > 100) == (0, True)


async def test_what_is_moved_there_and_back_is_what_it_was(engine: Engine) -> None:
    """After typing and deleting, the suffix knows of all that stands before it, and nothing else."""
    exact, _, _ = await text_of(engine, hole(ABOVE + TYPED[:10], BELOW), 8)
    await text_of(engine, hole(ABOVE + TYPED, BELOW), 1, may_move=True)
    back, _, usage = await text_of(engine, hole(ABOVE + TYPED[:10], BELOW), 8, may_move=True)
    assert back == exact
    assert usage.moved
    assert usage.evaluated < 8


async def test_a_key_that_comes_at_once_changes_nothing_of_that(engine: Engine) -> None:
    """Each takes the place of the one before, wherever that was; the last exact answer is right."""
    await text_of(engine, hole(ABOVE + TYPED[:1], BELOW), 1)
    asked = []
    for length in range(2, len(TYPED)):
        one = text_of(engine, hole(ABOVE + TYPED[:length], BELOW), 4, may_move=True)
        asked.append(asyncio.ensure_future(one))
        await asyncio.sleep(0.001 * (length % 7))
    await asyncio.gather(*asked)
    text, _, _ = await text_of(engine, hole(ABOVE + TYPED, BELOW), 8)
    assert text == without_cache(ABOVE + TYPED, BELOW, 8)


async def test_reading_ahead_makes_it_exact(engine: Engine) -> None:
    whole = hole(ABOVE + TYPED, BELOW)
    await typed(engine, TYPED, may_move=True)
    await engine.warm(str(MODEL), whole, OPTIONS)
    text, _, usage = await text_of(engine, whole, 8, may_move=True)
    assert (usage.evaluated, usage.moved) == (1, 0)
    assert text == without_cache(ABOVE + TYPED, BELOW, 8)


async def test_reading_ahead_that_is_broken_off_loses_nothing(engine: Engine) -> None:
    """The moved text waits aside until the exact one is there."""
    await typed(engine, TYPED, may_move=True)
    warming = asyncio.ensure_future(engine.warm(str(MODEL), hole(ABOVE + TYPED, BELOW), OPTIONS))
    await asyncio.sleep(0.005)
    _, _, usage = await text_of(engine, hole(ABOVE + TYPED + "\n", BELOW), 1, may_move=True)
    await warming
    assert usage.moved or usage.evaluated < 5
    assert usage.evaluated < 8


async def test_a_memory_that_cannot_move_is_never_moved(engine: Engine, home: Path) -> None:
    """Recurrent layers know only the place where they are: everything is read again, and rightly."""
    model = recurrent_model(home / "chance.gguf")
    facts = await engine.facts(str(model), OPTIONS)
    assert (facts.architecture, facts.can_move, facts.reuses_cache) == ("mamba", False, False)
    await text_of(engine, hole("abc", "def\n" * 20), 4, model=model)
    moved, _, usage = await text_of(engine, hole("abcd", "def\n" * 20), 4, model=model, may_move=True)
    assert (usage.moved, usage.evaluated) == (0, usage.prompt)
    await engine.unload(str(model))
    exact, _, _ = await text_of(engine, hole("abcd", "def\n" * 20), 4, model=model)
    assert moved == exact
