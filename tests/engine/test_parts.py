"""A model in parts, loaded by llama.cpp from the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.engine.client import Engine
from foretype.errors import BackendError

from engine.running import MODEL, hole, text_of
from unit.models.gguf_files import in_two_parts

CODE = "def add(left, right):\n    return "


async def test_it_writes_what_the_whole_one_writes(engine: Engine, tmp_path: Path) -> None:
    first, _ = in_two_parts(MODEL, tmp_path, "tiny")
    whole = await text_of(engine, hole(CODE), 8)
    assert whole[0]
    assert (await text_of(engine, hole(CODE), 8, model=first))[:2] == whole[:2]


async def test_it_counts_with_all_that_it_lies_in_and_not_without_a_part(
    engine: Engine, tmp_path: Path
) -> None:
    first, second = in_two_parts(MODEL, tmp_path, "tiny")
    await text_of(engine, hole(CODE), 1, model=first)
    (row,) = await engine.loaded()
    assert row["file_bytes"] == first.stat().st_size + second.stat().st_size
    away, _ = in_two_parts(MODEL, tmp_path, "torn")
    away.with_name(away.name.replace("00001", "00002")).unlink()
    with pytest.raises(BackendError, match="00002-of-00002"):
        await text_of(engine, hole(CODE), 1, model=away)
