"""A local model that does not fit into the memory: a smaller one is offered, and taken by a button."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import editor as editors
from contract.model_hub import ModelHub, model_hub
from editor import Editor
from engine.running import MODEL, home
from unit.models.gguf_files import ORDINARY, Q8_0, gguf

Json = Any

WANTED = "local:a/b/large.gguf"
TENSORS = {"token_embd.weight": ([1024, 2_000_000], Q8_0, 0)}
LARGE_BYTES = 2_200_000_000
PLAIN = {**ORDINARY, "tokenizer.ggml.tokens": ["a", "b"]}
# The catalogue knows no checksum of it, so that any file may stand for it.
SMOL = "bartowski/SmolLM2-135M-Instruct-GGUF"
SMOL_FILE = "SmolLM2-135M-Instruct-Q4_0.gguf"
CODE = "def add(left, right):\n    return "


@pytest.fixture
async def place() -> AsyncIterator[Path]:
    async with home() as folder:
        yield folder


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with model_hub() as running:
        running.repository = SMOL
        running.serve(gguf(PLAIN, data_bytes=1000), SMOL_FILE)
        yield running


def models_in(place: Path) -> Path:
    return place / "foretype" / "data" / "models"


def large_model_in(place: Path, values: Json = ORDINARY) -> None:
    """A file of the size that its head claims, of which the disk holds a few bytes."""
    path = models_in(place) / "a" / "b" / "large.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(gguf(values, TENSORS))
    os.truncate(path, LARGE_BYTES)


@asynccontextmanager
async def open_editor(
    place: Path, hub: ModelHub, title: str | None, memory_mb: int = 1000
) -> AsyncIterator[Editor]:
    """Somebody who presses the button with this title, or none, and whose models may take so much memory."""
    config = place / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'models.complete = ["{WANTED}"]\n[local]\nmemory_mb = {memory_mb}\nthreads = 1\n'
        "[complete]\ndebounce_ms = 0\ninstant = false\n"
    )
    async with editors.editor(place, initialized=False, HF_ENDPOINT=hub.site.origin) as client:
        client.answers["window/showMessageRequest"] = lambda _: title and {"title": title}
        await client.initialize()
        client.open("file:///project/x.py", CODE)
        yield client
        assert await client.end() == 0


async def completed(client: Editor) -> Json:
    params = {
        "textDocument": {"uri": "file:///project/x.py"},
        "position": {"line": 1, "character": 11},
        "context": {"triggerKind": 1},
    }
    return (await client.request("textDocument/inlineCompletion", params))["items"]


async def question(client: Editor) -> Json:
    await completed(client)
    asked = await client.until(lambda m: m.get("method") == "window/showMessageRequest", "the question")
    return asked["params"]


async def told(client: Editor, words: str) -> None:
    await client.until(
        lambda m: m.get("method") == "window/showMessage" and words in m["params"]["message"], words
    )


async def test_a_file_that_is_here_and_fits_is_used_by_a_button(place: Path, hub: ModelHub) -> None:
    large_model_in(place)
    shutil.copyfile(MODEL, models_in(place) / "a" / "b" / "tiny.gguf")
    async with open_editor(place, hub, "Use tiny") as client:
        asked = await question(client)
        assert (
            f"{WANTED} needs about 2.3 GB of memory, and there is room for 1.0 GB. Use tiny instead?"
            in asked["message"]
        )
        assert [action["title"] for action in asked["actions"]] == ["Use tiny", "Not now"]
        await told(client, "tiny is used from now on")

        async def is_completed() -> bool:
            return bool(await completed(client))

        await client.eventually(is_completed, "text of the smaller model")
        status = await client.request("workspace/executeCommand", {"command": "foretype.status"})
        assert status["answered_by"] == "local:a/b/tiny.gguf"
        assert len(client.all("window/showMessageRequest")) == 1
        assert not hub.site.heard


async def test_one_that_fits_is_downloaded_by_a_button(place: Path, hub: ModelHub) -> None:
    large_model_in(place, PLAIN)
    async with open_editor(place, hub, "Download SmolLM2 135M", memory_mb=500) as client:
        asked = await question(client)
        assert "0.09 GB would be downloaded from" in asked["message"]
        await told(client, "SmolLM2 135M is used from now on")
        assert (models_in(place) / SMOL / SMOL_FILE).is_file()


async def test_whoever_is_not_asked_reads_the_command(place: Path, hub: ModelHub) -> None:
    large_model_in(place)
    async with open_editor(place, hub, None) as client:
        await completed(client)
        await told(client, "fits into 1.0 GB: `foretype models pull local:qwen2.5-coder-0.5b`.")
        assert not hub.site.heard
