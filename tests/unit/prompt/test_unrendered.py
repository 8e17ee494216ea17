"""A prompt that one program laid out is taken apart by another."""

from __future__ import annotations

import pytest

from foretype.prompt.families import FAMILIES
from foretype.prompt.family import Family
from foretype.prompt.hole import Hole, rendered
from foretype.prompt.unrendered import unrendered

HOLE = Hole("def add(a, b):\n    return ", "\n\nprint('é😀')\n")
PLAIN = [family for family in FAMILIES if family.template.count("{") == 2]


@pytest.mark.parametrize("family", PLAIN, ids=lambda family: family.name)
def test_what_was_laid_out_is_read_back(family: Family) -> None:
    assert unrendered(rendered(family, HOLE).text) == HOLE


@pytest.mark.parametrize(
    "prompt", ["", "def add(a, b):\n", "<|fim_prefix|>x<|fim_middle|>", "{prefix}{suffix}"]
)
def test_a_plain_prompt_is_no_hole(prompt: str) -> None:
    assert unrendered(prompt) is None
