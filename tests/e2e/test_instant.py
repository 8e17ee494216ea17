"""The predictor through the real server: shown at once, and only ever continued by a model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from foretype.prompt.asked import RawPrompt

import editor as editors
from contract.spoken import SPOKEN
from contract.upstream import Visit, serving
from editor import Editor, Json

MODULE = "\n".join(
    f"def load_{name}(path):\n    return read_table(path, header=True, index=None)\n" for name in "abcdefgh"
)
SECRETS = "SECRET_TOKEN_OF_MINE = 'sesame-open-sesame'\n" * 20
CHAINED = {"models": {"complete": ["lab:qwen2.5-coder-1.5b"]}, "complete": {"debounce_ms": 0}}


async def ready(client: Editor) -> None:
    async def has_read_workspace() -> bool:
        return bool((await status(client))["has_read_workspace"])

    await client.eventually(has_read_workspace, "the workspace read")


async def status(client: Editor) -> Json:
    return await client.request("workspace/executeCommand", {"command": "foretype.status"})


async def ask(client: Editor, uri: str, text: str, kind: int = 2) -> list[str]:
    lines = text.split("\n")
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": len(lines) - 1, "character": len(lines[-1])},
        "context": {"triggerKind": kind},
    }
    answer = await client.request("textDocument/inlineCompletion", params)
    return [item["insertText"] for item in answer["items"]]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "tables.py").write_text(MODULE, encoding="utf-8")
    (folder / ".env").write_text(SECRETS, encoding="utf-8")
    return folder


async def test_a_line_goes_on_as_the_workspace_says(tmp_path: Path, workspace: Path) -> None:
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(rootUri=workspace.as_uri())
        await ready(client)
        text = "from tables import *\n\ndef load_x(path):\n    return read_ta"
        client.open((workspace / "new.py").as_uri(), text)
        found = await ask(client, (workspace / "new.py").as_uri(), text, kind=1)
        assert found
        assert found[0] == "ble(path, header=True, index=None)"
        assert (await status(client))["answered_by"] == "builtin:workspace"


async def test_nothing_is_learned_from_a_secret_file(tmp_path: Path, workspace: Path) -> None:
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(rootUri=workspace.as_uri())
        client.open((workspace / ".env.local").as_uri(), SECRETS)
        await ready(client)
        for text in ("x = 1\ny = 2\nSECRET_TOK", "x = 1\ny = 2\nSECRET_TOKEN_OF_MINE = 'ses"):
            client.open((workspace / "new.py").as_uri(), text)
            found = await ask(client, (workspace / "new.py").as_uri(), text, kind=1)
            assert not [each for each in found if "open" in each]
    cached = b"".join(path.read_bytes() for path in (tmp_path / "foretype").rglob("*") if path.is_file())
    assert b"sesame" not in cached


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(initializationOptions={"complete": {"instant": False}})
        text = MODULE + "\ndef load_x(path):\n    return read_ta"
        client.open("file:///a.py", text)
        assert await ask(client, "file:///a.py", text) == []


SAYS_TEXT = next(
    spoken for spoken in SPOKEN if spoken.dialect == "openai" and isinstance(spoken.prompt, RawPrompt)
)


@pytest.mark.parametrize(
    ("written", "then_shown"),
    [
        ("ble(path, header=True, index=None)  # x", ["ble(path, header=True, index=None)  # x"]),
        ("ble_of(path)", ["ble(path, header=True, index=None)", "ble_of(path)"]),
        ("", ["ble(path, header=True, index=None)"]),
    ],
    ids=["goes on", "differs", "nothing"],
)
async def test_a_model_may_only_continue_what_is_shown(
    tmp_path: Path, written: str, then_shown: list[str]
) -> None:
    """The instant answer comes before the model has said a word, and is never swapped for another."""
    text = MODULE + "\ndef load_x(path):\n    return read_ta"
    may_speak = asyncio.Event()

    async def slow(visit: Visit) -> None:
        await may_speak.wait()
        await SAYS_TEXT.tell(visit, written)

    async with serving() as upstream, editors.editor(tmp_path, initialized=False) as client:
        upstream.will(slow)
        endpoints = {"lab": {"url": upstream.origin, "dialect": "openai"}}
        await client.initialize(initializationOptions={**CHAINED, "endpoints": endpoints})
        client.open("file:///a.py", text)
        assert await ask(client, "file:///a.py", text) == ["ble(path, header=True, index=None)"]
        await upstream.heard_requests(1)
        may_speak.set()
        if written:

            async def is_answered() -> bool:
                return bool((await status(client))["answered_by"] == "lab:qwen2.5-coder-1.5b")

            await client.eventually(is_answered, "the model's answer")
        assert await ask(client, "file:///a.py", text) == then_shown


async def test_a_file_that_the_user_excludes_teaches_nothing(tmp_path: Path) -> None:
    text = MODULE + "\ndef load_x(path):\n    return read_ta"
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(initializationOptions={"privacy": {"exclude": ["**/private/**"]}})
        client.open("file:///private/a.py", text)
        assert await ask(client, "file:///private/a.py", text, kind=1) == []
        client.open("file:///b.py", "import os\n\ndef load_x(path):\n    return read_ta")
        found = await ask(
            client, "file:///b.py", "import os\n\ndef load_x(path):\n    return read_ta", kind=1
        )
        assert not [each for each in found if "header" in each]
