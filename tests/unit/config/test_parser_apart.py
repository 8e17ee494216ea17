"""Settings checked in a process of its own: the same findings, and nothing lost with the process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator

import pytest

from foretype.config.parse import parse_layer
from foretype.config.parser_apart import ParserApart

SOURCE = "workspace/configuration"
SENT: dict[str, object] = {
    "nothing": None,
    "an empty section": {"foretype": {}},
    "no object": 7,
    "a right one": {"foretype": {"complete": {"max_tokens": 9}, "models": {"chat": ["hf:a/b"]}}},
    "wrong and right": {"complete": {"max_tokens": "many", "deadline_ms": 800}, "compleet": {}},
    "text beyond ASCII": {"privacy": {"exclude": ["ключ*", "\u2028", "\n"]}},
    "more wrong than is told": {f"key{n}": n for n in range(40)},
}
ENDS_AT_ONCE = (sys.executable, "-c", "")
NEVER_ANSWERS = (sys.executable, "-c", "import sys; sys.stdin.read()")
TALKS_NONSENSE = (sys.executable, "-c", "print('Hello', flush=True); input()")


@pytest.fixture
async def parser() -> AsyncIterator[ParserApart]:
    parser = ParserApart()
    yield parser
    parser.close()


async def test_it_finds_what_is_found_here(parser: ParserApart) -> None:
    for name, raw in SENT.items():
        assert await parser.parse(raw, SOURCE) == parse_layer(raw, SOURCE), name


async def test_one_process_serves_until_it_is_closed(parser: ParserApart) -> None:
    await parser.parse(SENT["nothing"], SOURCE)
    nobody = parser.process_id
    await parser.parse(SENT["a right one"], SOURCE)
    first = parser.process_id
    await parser.parse(SENT["wrong and right"], SOURCE)
    second = parser.process_id
    parser.close()
    assert (nobody, second, parser.process_id) == (None, first, None)
    assert first is not None
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert await parser.parse(SENT["a right one"], SOURCE) == parse_layer(SENT["a right one"], SOURCE)


@pytest.mark.parametrize("asking", [ENDS_AT_ONCE, NEVER_ANSWERS, TALKS_NONSENSE, ("/nowhere/at/all",)])
async def test_a_process_that_fails_costs_no_setting(asking: tuple[str, ...]) -> None:
    parser = ParserApart(asking, patience_s=0.3)
    for raw in (SENT["wrong and right"], SENT["a right one"]):
        assert await parser.parse(raw, SOURCE) == parse_layer(raw, SOURCE)
    assert parser.process_id is None
