"""The models on this disk: a new one is heard of, an old one is not told again."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from foretype.flows.providers import on_disk
from foretype.flows.providers.knowledge import LocalModel
from foretype.flows.providers.on_disk import OnDisk
from foretype.models.local_catalogue import read_catalogue
from foretype.models.local_files import LocalFiles
from foretype.models.memory_fit import needed_bytes
from foretype.models.stores import Stores

from unit.models.gguf_files import model_file

MODEL = LocalModel("local:x", "X", ("complete",))


class Disk(OnDisk):
    """Has something else on it each time it is looked at, and at last nothing new."""

    looks: deque[tuple[LocalModel, ...]]

    def _all(self) -> tuple[LocalModel, ...]:
        return self.looks.popleft()


async def test_whoever_completes_hears_of_a_model_that_came_or_went(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_disk, "FIRST_S", 0.0)
    monkeypatch.setattr(on_disk, "EVERY_S", 0.0)
    disk = Disk(lambda: pytest.fail("the disk of this machine is not looked at"), lambda: True, lambda: 8192)
    disk.looks = deque([(), (MODEL,), (MODEL,), ()])
    heard: list[tuple[LocalModel, ...]] = []
    with pytest.raises(IndexError):  # the last look has been
        await asyncio.wait_for(disk.follow(lambda: heard.append(disk.now())), 10)
    assert heard == [(MODEL,), ()]


async def test_a_file_is_listed_with_what_it_takes_and_only_where_something_runs_it(tmp_path: Path) -> None:
    model_file(tmp_path / "a" / "b" / "c.gguf")
    can_run = False
    files = LocalFiles(Stores(tmp_path), read_catalogue())
    disk = OnDisk(lambda: files, lambda: can_run, lambda: 4096)
    await disk.look()
    assert disk.now() == ()
    can_run = True
    await disk.look()
    (found,) = disk.now()
    header = files.find("a/b/c.gguf").header
    assert (found.id, found.memory_mb) == ("local:a/b/c.gguf", needed_bytes(header, 4096) // 1_000_000)
