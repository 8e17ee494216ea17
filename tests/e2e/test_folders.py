"""Folders that the user opens and closes while the server runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

import editor as editors
from contract.upstream import Upstream, serving
from e2e.chatting import ask, at_work, pieces, says
from e2e.test_instant import MODULE, ready
from e2e.test_instant import ask as ask_at_the_end
from editor import Editor


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("Fine."))
        yield upstream


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    (made / f"{name}.py").write_text(MODULE.replace("load", name), encoding="utf-8")
    return made


def told(client: Editor, added: Sequence[Path], removed: Sequence[Path]) -> None:
    def named(folders: Sequence[Path]) -> list[dict[str, str]]:
        return [{"uri": each.as_uri(), "name": each.name} for each in folders]

    event = {"added": named(added), "removed": named(removed)}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})


async def test_files_are_sent_by_name_from_the_folders_that_are_open_now(
    tmp_path: Path, upstream: Upstream
) -> None:
    one, two = folder(tmp_path, "one"), folder(tmp_path, "two")
    async with at_work(tmp_path, upstream, rootUri=one.as_uri()) as client:
        await ask(client, "@file two.py what?", partialResultToken="before")
        assert "two.py" in pieces(client, "note", "before")[0]["text"]
        told(client, [two], [one])
        await ask(client, "@file two.py @file one.py what?", partialResultToken="after")
        assert [item["name"] for item in pieces(client, "context", "after")[0]["items"]] == ["two.py"]
        assert "one.py" in pieces(client, "note", "after")[0]["text"]


async def test_the_predictor_knows_the_folders_that_are_open_now(tmp_path: Path) -> None:
    one, two = folder(tmp_path, "one"), folder(tmp_path, "two")
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(workspaceFolders=[])
        text, uri = "def f(path):\n    return read_ta", (tmp_path / "new.py").as_uri()
        client.open(uri, text)
        assert await ask_at_the_end(client, uri, text, kind=1) == []
        for opened, closed in (([one], []), ([two], [one])):
            told(client, opened, closed)
            await ready(client)
            assert (await ask_at_the_end(client, uri, text, kind=1))[
                0
            ] == "ble(path, header=True, index=None)"
        told(client, [], [two])

        async def is_forgotten() -> bool:
            return await ask_at_the_end(client, uri, text, kind=1) == []

        await client.eventually(is_forgotten, "nothing, as no folder is open")
