"""What was measured of a model file, remembered for that very file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.backends.agreement import Agreement, Agreements
from foretype.errors import StorageError

GOOD = Agreement(100, 96, 0.98, 0.95, exact_ms=50.0, moved_ms=9.0, day="2026-11-25")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    return path


def test_it_is_found_again_in_another_run(model: Path, tmp_path: Path) -> None:
    other = model.with_name("other.gguf")
    other.write_bytes(b"GGUF?")
    Agreements(tmp_path).remember(model, GOOD)
    Agreements(tmp_path).remember(other, replace(GOOD, same_answer=0.1))
    Agreements(tmp_path).remember(model, replace(GOOD, holes=300))
    assert Agreements(tmp_path).of(model) == replace(GOOD, holes=300)
    assert Agreements(tmp_path).of(other) == replace(GOOD, same_answer=0.1)


def test_a_file_that_changed_is_another_model(model: Path, tmp_path: Path) -> None:
    Agreements(tmp_path).remember(model, GOOD)
    os.utime(model, ns=(1, 1))
    assert Agreements(tmp_path).of(model) is None
    model.unlink()
    assert Agreements(tmp_path).of(model) is None


@pytest.mark.parametrize("content", [b"", b"[1]", b"{}", b'[{"file": {}, "agreement": {}}]'])
def test_a_broken_file_remembers_nothing_and_is_replaced(model: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "agreements.json").write_bytes(content)
    assert Agreements(tmp_path).of(model) is None
    Agreements(tmp_path).remember(model, GOOD)
    assert Agreements(tmp_path).of(model) == GOOD


def test_without_a_folder_it_is_said_that_nothing_is_kept(model: Path) -> None:
    assert Agreements().of(model) is None
    with pytest.raises(StorageError):
        Agreements().remember(model, GOOD)


@pytest.mark.parametrize(
    "short",
    [{"holes": 99}, {"same_answer": 0.949}, {"moved_ms": 50.0}],
    ids=["too few holes", "too many other answers", "no time saved"],
)
def test_what_falls_short_in_one_thing_is_not_enough(short: dict[str, float]) -> None:
    assert GOOD.is_enough
    assert not replace(GOOD, **short).is_enough  # type: ignore[arg-type]
