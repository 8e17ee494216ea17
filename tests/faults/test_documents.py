"""Document sync, on a real process: rows 20-29 of the fault table."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import editor as editors
from editor import EVERYTHING, Editor, Json

URI = "file:///project/a.py"


def edit(line: int, character: int, text: str, *, until: tuple[int, int] | None = None) -> Json:
    end = until or (line, character)
    return {
        "range": {
            "start": {"line": line, "character": character},
            "end": {"line": end[0], "character": end[1]},
        },
        "text": text,
    }


async def text_of(probe: Editor, uri: str = URI) -> str:
    return str((await probe.request("test/text", {"uri": uri}))["text"])


@pytest.mark.parametrize("odd", ["\f", "\v", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"], ids=ascii)
async def test_20_only_lsp_line_ends_end_a_line(probe: Editor, odd: str) -> None:
    probe.open(URI, f"a{odd}b\nc\n")
    probe.change(URI, 2, edit(1, 0, "ZZ", until=(1, 1)))
    assert await text_of(probe) == f"a{odd}b\nZZ\n"


@pytest.mark.parametrize(
    ("encoding", "after_the_emoji", "inside_the_emoji"),
    [("utf-8", 6, 4), ("utf-16", 3, 2), ("utf-32", 2, None)],
)
async def test_21_characters_are_counted_in_the_agreed_encoding(
    tmp_path: Path, encoding: str, after_the_emoji: int, inside_the_emoji: int | None
) -> None:
    from conftest import PROBED_SERVER

    able = {**EVERYTHING, "general": {"positionEncodings": [encoding]}}
    async with editors.editor(tmp_path, PROBED_SERVER, initialized=False) as probe:
        agreed = await probe.initialize(capabilities=able)
        assert agreed["capabilities"]["positionEncoding"] == encoding
        probe.open(URI, "é😀x\ne\u0301\u200d\n")
        probe.change(URI, 2, edit(0, after_the_emoji, "Y"))
        assert await text_of(probe) == "é😀Yx\ne\u0301\u200d\n"
        if inside_the_emoji is not None:
            probe.change(URI, 3, edit(0, inside_the_emoji, "|"))
            assert await text_of(probe) == "é|😀Yx\ne\u0301\u200d\n"


async def test_22_line_ends_of_every_kind_and_mixed(probe: Editor) -> None:
    probe.open(URI, "a\r\nb\rc\nd")
    probe.change(URI, 2, edit(0, 1, "\r"), edit(2, 0, "B", until=(2, 1)), edit(3, 0, "C"), edit(4, 0, "D"))
    assert await text_of(probe) == "a\r\r\nB\rCc\nDd"
    probe.change(URI, 3, edit(0, 1, "", until=(1, 0)))
    assert await text_of(probe) == "a\r\nB\rCc\nDd"
    probe.open(URI, "one\r\ntwo\r\nthree\n", version=1)
    assert (await probe.request("test/text", {"uri": URI}))["eol"] == "\r\n"


async def test_23_positions_outside_the_text(probe: Editor) -> None:
    probe.open(URI, "ab\ncd\n")
    probe.change(URI, 2, edit(0, 99, "!"), edit(99, 5, "end"))
    assert await text_of(probe) == "ab!\ncd\nend"
    probe.change(URI, 3, edit(0, 3, "X", until=(0, 1)))
    reversed_range = await probe.request("test/text", {"uri": URI})
    assert (reversed_range["text"], reversed_range["in_doubt"]) == ("aX\ncd\nend", True)
    probe.change(URI, 4, {"text": "whole"})
    assert not (await probe.request("test/text", {"uri": URI}))["in_doubt"]
    probe.change(URI, 5, edit(-1, 0, "x"))
    assert (await probe.request("test/text", {"uri": URI}))["in_doubt"]


async def test_24_messages_out_of_order(probe: Editor) -> None:
    probe.change(URI, 1, edit(0, 0, "never opened"))
    probe.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert await probe.request("test/text", {"uri": URI}) is None
    probe.open(URI, "one", version=5)
    probe.change(URI, 4, edit(0, 0, "older "))
    probe.change(URI, 5, edit(0, 0, "again "))
    assert await text_of(probe) == "one"
    probe.open(URI, "two", version=1)
    probe.change(URI, 9, edit(0, 3, "!"))
    assert await text_of(probe) == "two!"
    for _ in range(2):
        probe.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert await probe.request("test/text", {"uri": URI}) is None
    assert not probe.all("window/showMessage")


async def test_25_a_request_sees_the_text_as_it_was_when_it_was_sent(probe: Editor) -> None:
    """Though the next edit is already in the pipe behind it."""
    probe.open(URI, "before", version=1)
    ids = []
    for version in range(2, 30):
        ids.append(probe.post("test/text", {"uri": URI}))
        probe.change(URI, version, {"text": f"text {version}"})
    seen = [(await probe.result(id))["version"] for id in ids]
    assert seen == list(range(1, 29))


async def test_26_a_burst_of_edits_is_followed_to_its_last_state(probe: Editor) -> None:
    probe.open(URI, "")
    for version in range(2, 10_002):
        probe.change(URI, version, edit(0, 0, str(version % 10)))
    assert await text_of(probe) == "".join(str(version % 10) for version in range(10_001, 1, -1))


@pytest.mark.parametrize(
    ("text", "is_large"),
    [
        ("", False),
        ("\0\x01binary\0" * 100, False),
        ("x" * 1_200_000, True),
        ("line of text\n" * 2_000_000, True),
    ],
    ids=["empty", "binary", "long line", "large file"],
)
async def test_27_odd_sizes_are_kept_and_told_apart(probe: Editor, text: str, is_large: bool) -> None:
    probe.open(URI, text)
    probe.change(URI, 2, edit(0, 0, "#"))
    found = await probe.request("test/text", {"uri": URI})
    assert found["text"] == "#" + text
    assert found["is_large"] is is_large


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("untitled:Untitled-1", "untitled:Untitled-1"),
        ("vscode-notebook-cell:/a/b.ipynb#W1sZ", "vscode-notebook-cell:/a/b.ipynb#W1sZ"),
        ("git:/a/b.py?%7B%22ref%22%3A%22HEAD%22%7D", 'git:/a/b.py?{"ref":"HEAD"}'),
        ("vscode-remote://ssh-remote%2Bhost/home/a.py", "vscode-remote://ssh-remote+host/home/a.py"),
        ("file:///a%20b/%C3%A9.py", "file:///a b/é.py"),
        ("file:///c%3A/Users/a.py", "file:///C:/Users/a.py"),
        ("file://localhost/a.py", "FILE:///a.py"),
    ],
)
async def test_28_uris_that_mean_one_document(probe: Editor, one: str, other: str) -> None:
    probe.open(one, "x")
    probe.change(other, 2, edit(0, 1, "y"))
    assert await text_of(probe, one) == "xy"
    assert await text_of(probe, other) == "xy"


async def test_28_cells_of_a_notebook_are_documents(probe: Editor) -> None:
    cell = "vscode-notebook-cell:/book.ipynb#1"
    probe.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": "file:///book.ipynb",
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": 2, "document": cell}],
            },
            "cellTextDocuments": [{"uri": cell, "languageId": "python", "version": 1, "text": "a = 1\n"}],
        },
    )
    change = {"document": {"uri": cell, "version": 2}, "changes": [edit(0, 4, "2", until=(0, 5))]}
    book = {"uri": "file:///book.ipynb", "version": 2}
    probe.notify(
        "notebookDocument/didChange",
        {"notebookDocument": book, "change": {"cells": {"textContent": [change]}}},
    )
    assert await text_of(probe, cell) == "a = 2\n"
    odd = {"cells": {"textContent": 5}}
    probe.notify("notebookDocument/didChange", {"notebookDocument": book, "change": odd})
    assert (await probe.request("test/text", {"uri": cell}))["in_doubt"]
    probe.notify(
        "notebookDocument/didClose", {"notebookDocument": book, "cellTextDocuments": [{"uri": cell}]}
    )
    assert await probe.request("test/text", {"uri": cell}) is None


async def test_29_the_buffer_wins_over_the_disk(probe: Editor, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"on disk \xff\xfe")
    uri = path.as_uri()
    assert await probe.request("test/text", {"uri": uri}) is None
    probe.open(uri, "in the editor")
    path.unlink()
    assert await text_of(probe, uri) == "in the editor"
    path.mkdir()
    probe.change(uri, 2, edit(0, 0, "still "))
    assert await text_of(probe, uri) == "still in the editor"
    assert await asyncio.wait_for(probe.end(), 10) == 0
    assert "on disk" not in json.dumps(probe.received)
