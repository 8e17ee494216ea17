"""A model in parts, loaded by llama.cpp from the first."""

from __future__ import annotations

from pathlib import Path

from foretype.engine.client import Engine

from engine.running import MODEL, hole, text_of
from unit.models.gguf_files import in_two_parts

CODE = "def add(left, right):\n    return "


async def test_it_writes_what_the_whole_one_writes(engine: Engine, tmp_path: Path) -> None:
    first, _ = in_two_parts(MODEL, tmp_path, "tiny")
    whole = await text_of(engine, hole(CODE), 8)
    assert whole[0]
    assert (await text_of(engine, hole(CODE), 8, model=first))[:2] == whole[:2]
