"""`foretype chat`, as a user types it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contract.upstream import Upstream, serving
from e2e.chatting import begins, said_to_model, says
from editor import environment

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("A title"))
        yield upstream


@pytest.fixture
def home(tmp_path: Path, upstream: Upstream) -> Path:
    config = tmp_path / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'[endpoints.lab]\nurl = "{upstream.origin}"\ndialect = "openai"\n[models]\nchat = ["lab:talker"]\n'
    )
    return tmp_path


async def chat(home: Path, *arguments: str, said: str = "") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "foretype", "chat", *arguments, env=environment(home), cwd=home,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(said.encode()), 30)
    return process.returncode or 0, out.decode(), err.decode()


async def test_one_answer(home: Path, upstream: Upstream) -> None:
    upstream.will(says("It **adds**.\n", "![x](https://evil.test/x)"))
    code, out, err = await chat(home, "What does it do?")
    assert (code, err) == (0, "")
    assert out == "It **adds**.\n![x\\]\\(`https://evil.test/x`)\n"


async def test_about_a_file_and_an_image_as_json(home: Path, upstream: Upstream) -> None:
    (home / "a.py").write_text("answer = 42\n")
    (home / "p.png").write_bytes(PNG)
    upstream.will(says("Forty-two."))
    code, out, _ = await chat(home, "--json", "--file", "a.py", "--image", "p.png", "/explain")
    answer = json.loads(out)
    assert code == 0
    assert (answer["text"], answer["finish"], answer["model"]) == ("Forty-two.", "stop", "lab:talker")
    assert answer["context"][0]["name"].startswith("a.py")
    asked = upstream.heard[0].body["messages"][-1]["content"]
    assert "answer = 42" in asked[0]["text"]
    assert asked[1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


async def test_the_last_conversation_goes_on(home: Path, upstream: Upstream) -> None:
    code, _, err = await chat(home, "--continue", "And then?")
    assert (code, "no conversation to go on with" in err) == (1, True)
    upstream.will(says("Once upon a time."))
    await chat(home, "Tell me a story")
    upstream.always(says("The end."))
    assert await chat(home, "--continue", "And then?") == (0, "The end.\n", "")
    said = upstream.heard[-1].body["messages"]
    assert [message["content"] for message in said[1:]] == [
        "Tell me a story",
        "Once upon a time.",
        "And then?",
    ]


async def test_a_failure_is_a_sentence_and_an_exit_code(home: Path, upstream: Upstream) -> None:
    code, out, err = await chat(home, "--model", "lab2:x", "Hello")
    assert (code, out) == (1, "")
    assert "lab2:x" in err


async def test_a_conversation_in_a_terminal_survives_ctrl_c(home: Path, upstream: Upstream) -> None:
    upstream.will(begins("Once upon\n"))
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "foretype", "chat", env={**environment(home), "TERM": "dumb"}, cwd=home,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    screen = bytearray()

    async def shows(words: bytes, times: int = 1) -> None:
        async def read() -> None:
            while screen.count(words) < times:
                screen.extend(await asyncio.to_thread(os.read, ours, 4096))

        await asyncio.wait_for(read(), 30)

    try:
        await shows(b"> ")
        os.write(ours, b"Tell me a story\n")
        await shows(b"Once upon")
        process.send_signal(signal.SIGINT)
        await shows(b"> ", 2)
        await upstream.all_closed()
        upstream.will(says("The **end**.\n"))
        os.write(ours, b"And then?\n")
        await shows(b"\x1b[1mend\x1b[0m")
        await shows(b"> ", 3)
        os.write(ours, b"\x04")
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
        os.close(ours)
    assert "Once upon" in said_to_model(upstream.visits[1])
