"""A whole server whose only model is a file on this machine: every way of asking it."""

from __future__ import annotations

import json
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import editor as editors
from contract.model_hub import FILE, REPOSITORY, model_hub
from e2e.buffers import Buffer
from e2e.chatting import ask, command, pieces, text_of
from editor import Editor, Json
from engine.running import MODEL, beside, gone

IN_FOLDER = f"local:{REPOSITORY}/{FILE}"
INLINE = "textDocument/inlineCompletion"
CODE = "def f(a):\n    return "
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwC"


def put_into_folder(home: Path) -> None:
    target = home / "foretype" / "data" / "models" / REPOSITORY / FILE
    target.parent.mkdir(parents=True)
    target.write_bytes(MODEL.read_bytes())


@asynccontextmanager
async def at_work(
    home: Path, model: str, *, context: int = 4096, hub: str = "http://127.0.0.1:1"
) -> AsyncIterator[Editor]:
    options: Json = {
        "models": {"complete": [model], "edit": [model], "chat": [model]},
        "complete": {"debounce_ms": 0, "instant": False, "deadline_ms": 10_000},
        "local": {"context": context, "threads": 1},
    }
    async with editors.editor(home, initialized=False, HF_ENDPOINT=hub) as client:
        client.configuration = options
        await client.initialize(initializationOptions=options)
        try:
            yield client
        finally:
            async with beside(home / "foretype") as other:
                await other.restart()


@pytest.fixture
async def client(home: Path) -> AsyncIterator[Editor]:
    put_into_folder(home)
    async with at_work(home, IN_FOLDER) as client:
        yield client


async def suggested(client: Editor, uri: str = "file:///a.py") -> str:
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": 1, "character": 11},
        "context": {"triggerKind": 2},
    }
    answer = await client.request(INLINE, params)
    return "".join(item["insertText"] for item in answer["items"])


async def test_a_file_of_the_model_folder_completes(client: Editor) -> None:
    client.open("file:///a.py", CODE)
    assert await suggested(client)
    assert client.all("window/showMessage") == []
    assert await client.end() == 0


async def test_asked_by_hand_a_file_offers_more_than_one_way_to_go_on(client: Editor) -> None:
    client.open("file:///a.py", "def area(width, height):\n    ")
    params = {
        "textDocument": {"uri": "file:///a.py"},
        "position": {"line": 1, "character": 4},
        "context": {"triggerKind": 1},
    }
    offered = [item["insertText"] for item in (await client.request(INLINE, params))["items"]]
    assert 1 < len(offered) == len(set(offered)) <= 3


async def test_who_holds_a_model_is_seen_from_the_command_line(home: Path, client: Editor) -> None:
    client.open("file:///a.py", CODE)
    await suggested(client)
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "models", "ps", "--json"),
        stdout=PIPE,
        env=editors.environment(home),
        cwd=home,
    )
    said, _ = await process.communicate()
    (row,) = json.loads(said)
    assert row["model"].endswith(FILE)
    assert row["by"] == "Foretype"
    assert row["context_tokens"]


async def test_an_engine_that_is_to_start_anew_does(home: Path, client: Editor) -> None:
    async def process_id() -> int | None:
        async with beside(home / "foretype") as other:
            await other.loaded()
            return other.process_id

    client.open("file:///a.py", CODE)
    await suggested(client)
    before = await process_id()
    assert before is not None
    restart = {"command": "foretype.restart_engine"}
    assert await client.request("workspace/executeCommand", restart) is None
    await gone(before)
    client.open("file:///b.py", CODE.replace("f(", "g("))
    assert await suggested(client, "file:///b.py")
    assert await process_id() not in (None, before)
    wrong = client.post("workspace/executeCommand", {**restart, "arguments": [1]})
    assert (await client.error(wrong)).code == -32602
    assert client.all("window/showMessage") == []


async def test_a_document_that_opens_has_the_model_loaded(home: Path, client: Editor) -> None:
    """And once the user pauses, what stands above their line is read, without a request for it."""
    async with beside(home / "foretype") as other:

        async def has_read(tokens: int) -> bool:
            return any(row["prompt_tokens"] >= tokens for row in await other.loaded())

        client.open("file:///a.py", "")
        await client.eventually(lambda: has_read(0), "a model is loaded")
        start = {"line": 0, "character": 0}
        text = "".join(f"value_{n} = {n}\n" for n in range(100)) + "x = "
        client.change("file:///a.py", 2, {"range": {"start": start, "end": start}, "text": text})
        await client.eventually(lambda: has_read(300), "the text is read ahead")


async def test_an_edit_asks_it(client: Editor) -> None:
    """The test model writes on until it is cut off; it is asked, and the text stays as it was."""
    buffer = Buffer(client, "file:///a.py", "def f(a):\n    return a\n")
    area = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
    answer = await command(client, "edit", uri="file:///a.py", range=area, instruction="add types")
    assert "cut off at its longest" in answer["problem"]
    assert buffer.text == "def f(a):\n    return a\n"
    assert await client.end() == 0


async def test_a_conversation_is_answered_by_it(client: Editor) -> None:
    result = await ask(client, "Write a function.")
    assert result["model"] == IN_FOLDER
    assert result["finish"] in ("stop", "length")
    assert result["prompt_tokens"] > 0

    async def is_counted() -> bool:
        return IN_FOLDER in json.dumps(await command(client, "stats"))

    await client.eventually(is_counted, "the answer in the statistics")
    assert pieces(client, "tool") == []


async def test_a_picture_is_left_out_and_that_is_said_once(client: Editor) -> None:
    result = await ask(client, "What is this?", images=[PNG])
    assert result["finish"] in ("stop", "length")
    (note,) = [each["text"] for each in pieces(client, "note")]
    assert "cannot see images" in note


async def test_a_question_that_is_too_long_is_shortened(home: Path) -> None:
    put_into_folder(home)
    async with at_work(home, IN_FOLDER, context=1024) as client:
        result = await ask(client, "Sum this up:\n" + "x = [1, 2, 3]\n" * 1000)
        assert result["finish"] in ("stop", "length")
        assert "left out" in text_of(client, "note")


async def test_a_model_that_arrives_is_used_at_once(home: Path) -> None:
    async with model_hub() as hub:
        hub.serve(MODEL.read_bytes())
        async with at_work(home, IN_FOLDER, hub=hub.site.origin) as client:
            client.open("file:///a.py", CODE)
            assert await suggested(client) == ""
            answer = await command(client, "pull", model=IN_FOLDER)
            assert answer["is_here"]
            assert await suggested(client)
            assert await client.end() == 0
