"""A model's file is checked once, and again where it changed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from foretype.errors import LocalModelError, ModelFileError, ModelMissingError, NotReadyError
from foretype.flows.local_file import CheckedFiles
from foretype.models.local_files import LocalFiles


@dataclass
class Disk:
    """What `LocalFiles` would find, and how often it was asked."""

    path: Path | None = None
    problem: ModelFileError | None = None
    asked: list[str] = field(default_factory=list)

    def find(self, name: str) -> Any:
        self.asked.append(name)
        if self.problem is not None:
            raise self.problem
        return SimpleNamespace(path=self.path, header=SimpleNamespace(context_tokens=2048))

    def files(self) -> LocalFiles:
        return cast("LocalFiles", self)


async def test_a_file_is_looked_into_once(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    disk = Disk(tmp_path / "a.gguf")
    checked = CheckedFiles(disk.files, believed_s=0)
    assert [await checked.path_of("a") for _ in range(3)] == [tmp_path / "a.gguf"] * 3
    assert disk.asked == ["a"]


async def test_a_file_that_changed_is_looked_into_again(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF")
    disk = Disk(path)
    checked = CheckedFiles(disk.files, believed_s=0)
    await checked.path_of("a")
    os.utime(path, ns=(1, 1))
    await checked.path_of("a")
    assert disk.asked == ["a", "a"]
    path.unlink()
    with pytest.raises(NotReadyError, match="has gone"):
        await checked.path_of("a")


async def test_a_missing_model_is_passed_over_and_a_broken_one_is_told() -> None:
    disk = Disk(problem=ModelMissingError("local:a is not on this machine"))
    with pytest.raises(NotReadyError, match="not on this machine"):
        await CheckedFiles(disk.files, believed_s=0).path_of("a")
    disk.problem = ModelFileError("a.gguf is cut short")
    with pytest.raises(LocalModelError, match="cut short"):
        await CheckedFiles(disk.files, believed_s=0).path_of("a")


async def test_a_file_that_was_just_looked_at_is_believed(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    checked = CheckedFiles(Disk(tmp_path / "a.gguf").files, believed_s=60)
    await checked.path_of("a")
    (tmp_path / "a.gguf").unlink()
    assert await checked.path_of("a") == tmp_path / "a.gguf"
