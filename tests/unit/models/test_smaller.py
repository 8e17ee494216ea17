"""Which model is offered where one does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.models.local_catalogue import read_catalogue
from foretype.models.local_files import LocalFiles, LocalModel
from foretype.models.smaller import TooLarge, smaller_than, too_large
from foretype.models.stores import Stores

from unit.models.gguf_files import ORDINARY, TINY, gguf, model_file

LARGE = "QuantFactory/Qwen2.5-Coder-7B-GGUF/Qwen2.5-Coder-7B.Q4_K_M.gguf"
NEEDED, GB = 20_000_000_000, 1_000_000_000


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    model_file(tmp_path / LARGE)
    return LocalFiles(Stores(tmp_path), read_catalogue())


def offered(files: LocalFiles, room_gb: float, name: str = "qwen2.5-coder-7b") -> str:
    found = smaller_than(TooLarge(files.find(name), NEEDED, int(room_gb * GB)), files, 8192)
    return found.id if found else ""


def test_of_the_same_family_the_largest_that_fits(files: LocalFiles) -> None:
    assert offered(files, 5.5) == "local:qwen2.5-coder-1.5b"
    assert offered(files, 2.1) == "local:qwen2.5-coder-0.5b"
    assert offered(files, 0.9) == ""


def test_more_bits_for_less_of_a_model_are_not_offered(files: LocalFiles, tmp_path: Path) -> None:
    model_file(tmp_path / "bartowski/Qwen2.5-Coder-14B-GGUF/Qwen2.5-Coder-14B-Q4_K_M.gguf")
    (tmp_path / LARGE).unlink()
    assert offered(files, 9.5, "qwen2.5-coder-14b") == "local:qwen2.5-coder-7b"


def test_a_file_that_is_here_comes_first(files: LocalFiles, tmp_path: Path) -> None:
    model_file(tmp_path / "a" / "b" / "no-holes.gguf", tokenizer__ggml__tokens=["a", "b"])
    (tmp_path / "a" / "b" / "tiny.gguf").write_bytes(TINY.read_bytes())
    assert offered(files, 5.5) == "local:a/b/tiny.gguf"


def test_one_that_fills_no_holes_stands_for_another_such(files: LocalFiles, tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "chat.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(gguf({**ORDINARY, "tokenizer.ggml.tokens": ["a", "b"]}))
    assert offered(files, 5.5, "a/b/chat.gguf") == "local:smollm2-360m"


def test_what_fits_is_not_too_large(files: LocalFiles) -> None:
    model = files.find("qwen2.5-coder-7b")
    assert isinstance(model, LocalModel)
    assert too_large(model, 8192, GB) is None
    told = str(too_large(model, 8192, 1_000_000))
    assert told.startswith("local:qwen2.5-coder-7b needs about")
    assert told.endswith("there is room for 1 MB")
