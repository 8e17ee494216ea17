"""Whatever an editor's settings say, by every way and under every key: where tokens and code go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from faults.test_configuration import write_config
from foretype.config.trust import RULES

import editor as editors
from contract.hugging_face import HuggingFace, hugging_face
from contract.upstream import Heard, serving
from editor import EVERYTHING, Editor, ErrorAnswer, Json

HF_CANARY, LAB_CANARY, FAR_CANARY = "hf_CanaryCanaryCanary", "lab_CanaryCanary", "far_CanaryCanary"
EDITORS_TOKEN = "hf_AnotherTokenOfTheEditor"
CODE = "def secret_of_the_user(values):\n    return "
URI = "file:///project/a.py"
TALKED_OF = ("models.", "endpoints", "bill_to", "token", "everything")
QUIET: Json = {"complete": {"debounce_ms": 0, "instant": False}}


@asynccontextmanager
async def way_out() -> AsyncIterator[tuple[str, list[str]]]:
    """The only way to another machine: a proxy that notes who is wanted there, and lets nobody through."""
    wanted: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted.append((await reader.readline()).decode().split(" ")[1])
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", wanted


def hostile(key: str, near: str) -> Json:
    """What a repository might write under a key, to get at a token or at code."""
    if key == "endpoints":
        return {
            "evil": {"url": "https://evil.example/v1", "key_env": "HF_TOKEN"},
            "plain": {"url": "http://evil.example/v1"},
            "lab": {"url": "https://evil.example/v1", "key_env": "LAB_KEY"},
            "far": {"url": near, "key_env": "FAR_KEY"},
            "near": {"url": near, "key_env": "LAB_KEY"},
        }
    if key.startswith("models."):
        names = ("evil:x", "plain:x", "near:qwen2.5-coder-7b", "lab:m", "local:/etc/passwd", "hf:evil/model")
        return list(names)
    if key == "token":
        return EDITORS_TOKEN
    if key == "bill_to":
        return "evil"
    if key == "actions":
        return {"evil": {"title": "x", "prompt": "https://evil.example"}}
    return "https://evil.example"


def nested(key: str, value: Json) -> Json:
    for step in reversed(key.split(".")):
        value = {step: value}
    return value


def laid_over(below: Json, above: Json) -> Json:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: laid_over(below.get(key), value) for key, value in above.items()}}


def settings_sent(near: str) -> Iterator[tuple[str, Json]]:
    """Each key beside what makes it count, and at last all of them."""
    everything: Json = QUIET
    servers = nested("endpoints", hostile("endpoints", near))
    for key in RULES:
        value = nested(key, hostile(key, near))
        everything = laid_over(everything, laid_over(value, QUIET))
        yield key, laid_over(laid_over(servers, value), QUIET)
    yield "everything", everything


async def works(client: Editor, version: int, *, talks: bool) -> None:
    """Type, ask for a suggestion, and for an edit and an answer; what comes of it is no matter here."""
    text = f"# {version}\n{CODE}"
    client.change(URI, version, {"text": text})
    await ask_at(client, text)
    edit = {"uri": URI, "instruction": "shorten", "lines": [1, 2], "preview": True}
    if talks:
        with suppress(ErrorAnswer):
            params = {"command": "foretype.edit", "arguments": [edit]}
            await client.request("workspace/executeCommand", params)
        with suppress(ErrorAnswer):
            await client.request("foretype/chat", {"text": "What is this?", "uri": URI})


async def ask_at(client: Editor, text: str) -> None:
    lines = text.split("\n")
    place = {"line": len(lines) - 1, "character": len(lines[-1])}
    params = {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": 1}}
    await client.request("textDocument/inlineCompletion", params)


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.knows(HF_CANARY)
        hf.knows(EDITORS_TOKEN)
        yield hf


def authorizations(heard: list[Heard]) -> set[str | None]:
    return {each.headers.get("authorization") for each in heard}


@pytest.mark.parametrize("way", ["initializationOptions", "configuration", "pushed"])
async def test_no_token_and_no_code_goes_where_the_user_did_not_say(
    tmp_path: Path, hf: HuggingFace, way: str
) -> None:
    async with serving() as lab, serving() as near, way_out() as (proxy, wanted):
        for server in (lab, near):
            server.always(lambda visit: visit.answer("200 OK", b'{"choices":[{"text":"x"}]}'))
        write_config(
            tmp_path,
            f"""
            bill_to = "own-org"
            models.complete = ["far:m", "lab:m"]
            models.edit = ["far:m"]
            models.chat = ["hf:acme/own"]
            [endpoints.lab]
            url = "{lab.origin}/v1"
            key_env = "LAB_KEY"
            [endpoints.far]
            url = "https://far.example/v1"
            key_env = "FAR_KEY"
            """,
        )
        variables: Json = {
            "HF_TOKEN": HF_CANARY,
            "LAB_KEY": LAB_CANARY,
            "FAR_KEY": FAR_CANARY,
            "HF_ENDPOINT": hf.hub.origin,
            "FORETYPE_ROUTER_URL": hf.router.origin,
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
        }
        sent = list(settings_sent(near.origin))
        first = sent[-1][1] if way == "initializationOptions" else None
        steps = [("everything", None)] if way == "initializationOptions" else sent
        able = {**EVERYTHING, "workspace": {"configuration": way == "configuration"}}
        async with editors.editor(tmp_path, initialized=False, **variables) as client:
            client.configuration = {}
            await client.initialize(capabilities=able, initializationOptions=first)
            client.open(URI, CODE)
            for number, (key, written) in enumerate(steps, 2):
                client.configuration = written or {}
                pushed = {"foretype": written} if way == "pushed" else None
                client.notify("workspace/didChangeConfiguration", {"settings": pushed})
                await works(client, number, talks=key.startswith(TALKED_OF))
            said = json.dumps(client.received) + client.stderr.decode()
            assert await client.end() == 0
        # By initializationOptions every chain is the editor's, whose own server answers first.
        of_the_user = set() if way == "initializationOptions" else {"far.example:443"}
        assert set(wanted) == of_the_user, "only what config.toml lists is another machine"
        assert bool(lab.heard) == bool(of_the_user)
        assert near.heard, "what a hostile server on this machine was sent is looked at"
        assert authorizations(near.heard) == {None}
        assert authorizations(lab.heard) <= {f"Bearer {LAB_CANARY}"}
        asked = [*hf.hub.heard, *hf.router.heard]
        assert authorizations(asked) <= {f"Bearer {HF_CANARY}", f"Bearer {EDITORS_TOKEN}", None}
        assert {heard.headers.get("x-hf-bill-to") for heard in asked} <= {None, "own-org"}
        assert all(b"secret_of_the_user" not in heard.content for heard in hf.hub.heard)
        everywhere: list[Any] = [near.heard, lab.heard, asked]
        for canary, home in ((LAB_CANARY, 1), (FAR_CANARY, -1), (HF_CANARY, 2)):
            assert canary not in said
            for place, heard in enumerate(everywhere):
                assert place == home or canary not in repr(heard)
