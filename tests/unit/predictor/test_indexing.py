from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from foretype.predictor import indexing


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text("answer = 42\n", encoding="utf-8")
    (folder / "plan.private.py").write_text("hidden = 1\n", encoding="utf-8")
    return folder


def test_an_index_is_kept_for_its_folders(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert indexing.known([project], cache) is None
    report = indexing.index([project], cache, exclude=("*.private.py",))
    assert (report.files, report.characters) == (1, 12)
    segment = indexing.known([project], cache)
    assert segment is not None
    assert segment.number("answer")
    assert segment.number("hidden") is None
    assert indexing.known([tmp_path], cache) is None


def test_the_order_of_the_folders_does_not_matter(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert indexing.cache_file([one, two], tmp_path) == indexing.cache_file([two, one], tmp_path)


async def test_another_process_indexes_and_this_one_loads(project: Path, tmp_path: Path) -> None:
    segment = await indexing.index_in_background([project], tmp_path / "cache", exclude=("*.private.py",))
    assert segment is not None
    assert segment.number("answer")
    assert segment.number("hidden") is None


async def test_the_working_folder_is_never_imported_from(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = project / "foretype"
    trap.mkdir()
    (trap / "__init__.py").write_text("open('trapped', 'w').close()\n", encoding="utf-8")
    (project / "json.py").write_text("open('trapped', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PYTHONPATH", str(project))
    assert await indexing.index_in_background([project], tmp_path / "cache") is not None
    assert not (project / "trapped").exists()


async def test_an_indexing_that_fails_leaves_nothing_learned(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert await indexing.index_in_background([project], tmp_path / "cache") is None


async def test_a_cancelled_indexing_ends_its_process(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BOOTSTRAP", "import time; time.sleep(60)")
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def remembered(*arguments: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(await start(*arguments, **options))
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    task = asyncio.create_task(indexing.index_in_background([project], tmp_path))
    while not started:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert started[0].returncode not in (None, 0)


def test_the_process_says_what_it_has_read(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0, raising=False)
    assert indexing.main([str(project), "--into", str(tmp_path / "cache")]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == 2
