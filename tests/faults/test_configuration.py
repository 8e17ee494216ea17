"""Configuration and file system, on a real process: rows 73-75 of the fault table, and who may say what."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

import editor as editors
from editor import EVERYTHING, Editor, Json

CANARY = "hf_CanaryCanaryCanaryCanaryCanary"


def write_config(home: Path, text: str) -> Path:
    path = home / "foretype" / "config" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


async def told(client: Editor, *words: str) -> str:
    """The message that has all these words."""
    found = await client.until(
        lambda m: m.get("method") == "window/showMessage" and all(w in m["params"]["message"] for w in words),
        f"a message with {words}",
    )
    return str(found["params"]["message"])


async def problems(client: Editor) -> list[str]:
    status = await client.request("workspace/executeCommand", {"command": "foretype.status"})
    return list(status["problems"])


async def no_problems(client: Editor) -> None:
    async def is_fine() -> bool:
        return not await problems(client)

    await client.eventually(is_fine, "settings without a problem")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[complete]\nenabeld = true\n", ("complete.enabeld", "complete.enabled")),
        ("[complete]\nmax_tokens = 'many'\n", ("complete.max_tokens",)),
        ("[complete\n", ("config.toml", "line 1")),
        ("\udcff", ("config.toml", "UTF-8")),
    ],
    ids=["unknown", "mistyped", "malformed", "bytes"],
)
async def test_73_a_mistake_in_the_config_file_is_told_once_by_name(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    write_config(tmp_path, "").write_bytes(text.encode("utf-8", "surrogateescape"))
    async with editors.editor(tmp_path) as client:
        message = await told(client, *words)
        for _ in range(3):
            client.notify("workspace/didChangeConfiguration", {"settings": {}})
        assert await problems(client)
        assert [shown["message"] for shown in client.all("window/showMessage")] == [message]


async def test_what_comes_behind_a_change_of_the_settings_is_served_under_the_new_ones(
    tmp_path: Path,
) -> None:
    able = {name: value for name, value in EVERYTHING.items() if name != "workspace"}
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(capabilities=able)
        for number in range(5):
            wrong = {"complete": {f"key{number}": True}}
            client.notify("workspace/didChangeConfiguration", {"settings": {"foretype": wrong}})
            assert f"key{number}" in "".join(await problems(client))


async def test_73_an_unreadable_config_file_does_not_stop_the_server(tmp_path: Path) -> None:
    write_config(tmp_path, "").unlink()
    (tmp_path / "foretype/config/config.toml").mkdir()
    async with editors.editor(tmp_path) as client:
        await told(client, "config.toml")
        assert await client.is_alive()


async def test_73_a_changed_config_file_is_taken_in_and_the_last_good_one_kept(
    tmp_path: Path,
) -> None:
    path = write_config(tmp_path, "[complete]\nmax_tokens = -1\n")
    async with editors.editor(tmp_path) as client:
        await told(client, "complete.max_tokens")
        path.write_text("[complete]\nmax_token = 5\n", encoding="utf-8")
        await told(client, "complete.max_token", "did you mean complete.max_tokens")
        path.write_text("[complete\n", encoding="utf-8")
        await told(client, "line 1", "stay in force")
        path.write_text("[complete]\nmax_tokens = 5\n", encoding="utf-8")
        await no_problems(client)


async def test_73_a_wrong_key_in_the_editors_settings_is_told_once(tmp_path: Path) -> None:
    async with editors.editor(tmp_path, initialized=False) as client:
        client.configuration = {"complete": {"enabeld": True}}
        await client.initialize()
        await told(client, "complete.enabeld", "did you mean complete.enabled")
        client.configuration = {"complete": {"enabled": True}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await no_problems(client)
        assert len(client.all("window/showMessage")) == 1


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A loopback server that notes whoever connects."""
    heard: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65536))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


def hostile(url: str) -> Json:
    """Settings as a repository might bring them, to get at the token, the code or a file."""
    return {
        "endpoints": {
            "hf": {"url": url, "dialect": "openai", "key_env": "FORETYPE_TOKEN"},
            "far": {"url": "https://models.example.com/v1", "dialect": "openai", "key_env": "HF_TOKEN"},
            "plain": {"url": "http://models.example.com/v1", "dialect": "openai"},
        },
        "models": {"complete": ["hf:evil/model", "far:x", "local:/etc/passwd", "local:../../x.gguf"]},
        "bill_to": "somebody-else",
        "hf_endpoint": url,
        "router_url": url,
        "proxy": url,
        "server": {"path": "/bin/sh"},
    }


@pytest.mark.parametrize("way", ["initializationOptions", "configuration", "pushed", "dotfile", "dotenv"])
async def test_74_hostile_settings_move_no_token_and_open_no_connection(tmp_path: Path, way: str) -> None:
    async with listener() as (url, heard):
        repository = tmp_path / "repository"
        repository.mkdir()
        options: Json = None
        pushed: Json = {}
        if way == "dotfile":
            for name in (".foretype.toml", "foretype.toml", ".foretype/config.toml", "config.toml"):
                (repository / name).parent.mkdir(exist_ok=True)
                (repository / name).write_text(f'[endpoints.evil]\nurl = "{url}"\n', encoding="utf-8")
        elif way == "dotenv":
            lines = f"HF_ENDPOINT={url}\nFORETYPE_ROUTER_URL={url}\n"
            (repository / ".env").write_text(lines, encoding="utf-8")
        async with editors.editor(
            tmp_path, initialized=False, cwd=repository, FORETYPE_TOKEN=CANARY, HF_TOKEN=CANARY
        ) as client:
            if way == "initializationOptions":
                options = hostile(url)
            elif way == "configuration":
                client.configuration = hostile(url)
            elif way == "pushed":
                pushed = {"foretype": hostile(url)}
            able = {**EVERYTHING, "workspace": {"configuration": way == "configuration"}}
            await client.initialize(
                capabilities=able,
                initializationOptions=options,
                rootUri=repository.as_uri(),
                workspaceFolders=[{"uri": repository.as_uri(), "name": "repository"}],
            )
            client.notify("workspace/didChangeConfiguration", {"settings": pushed})
            client.open((repository / "a.py").as_uri(), "x = 1\n")
            if way in {"initializationOptions", "configuration", "pushed"}:
                await told(client, "endpoints.far")
                refused = {problem.split(" ")[0] for problem in await problems(client)}
                assert {"endpoints.far", "bill_to"} <= refused
            assert await client.is_alive()
            assert await client.end() == 0
            assert heard == []
            said = json.dumps(client.received).encode() + client.stderr
            for spelling in (CANARY, quote(CANARY), base64.b64encode(CANARY.encode()).decode()):
                assert spelling.encode() not in said


@pytest.mark.parametrize(
    "home",
    ["/dev/null", "/proc/nowhere", "é 日本/" + "x" * 200, "x/" * 800],
    ids=["device", "read-only", "unicode", "long"],
)
async def test_75_a_home_that_cannot_be_used_is_gone_without(tmp_path: Path, home: str) -> None:
    folder = home if home.startswith("/") else str(tmp_path / home)
    async with editors.editor(tmp_path, FORETYPE_HOME=folder, HOME=folder) as client:
        client.open("file:///a.py", "x = 1\n")
        status = await client.request("workspace/executeCommand", {"command": "foretype.status"})
        assert status["documents"] == 1
        assert await client.end() == 0


async def test_75_no_home_at_all(tmp_path: Path) -> None:
    async with editors.editor(tmp_path, FORETYPE_HOME="", HOME="") as client:
        assert await client.is_alive()
        assert await client.end() == 0


async def test_a_yes_lets_an_endpoint_in_and_is_remembered(tmp_path: Path) -> None:
    """The settings name where code would go; the user's answer, not they, decides."""
    options = {"endpoints": {"far": {"url": "https://models.example.com/v1"}}}
    for is_asked in (True, False):
        async with editors.editor(tmp_path, initialized=False) as client:
            client.answers["window/showMessageRequest"] = lambda params: params["actions"][0]
            await client.initialize(initializationOptions=options)
            await no_problems(client)
            assert bool(client.all("window/showMessageRequest")) is is_asked
            assert await client.end() == 0


@pytest.mark.parametrize("answer", [None, {"title": "Not now"}, {"title": 5}, "Allow", []])
async def test_anything_but_yes_is_no(tmp_path: Path, answer: Json) -> None:
    async with editors.editor(tmp_path, initialized=False) as client:
        client.answers["window/showMessageRequest"] = lambda _: answer
        await client.initialize(
            initializationOptions={"endpoints": {"far": {"url": "https://models.example.com/v1"}}}
        )
        await client.until(lambda m: m.get("method") == "window/showMessageRequest", "the question")
        assert await client.is_alive()
        assert any("endpoints.far" in problem for problem in await problems(client))
