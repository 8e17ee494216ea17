"""What the tests of chat have in common: a model that talks, and a server that asks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import editor as editors
from contract.spoken import SPOKEN, Spoken
from contract.upstream import Script, Upstream, Visit
from editor import Editor, Json

CHAT: Spoken = next(spoken for spoken in SPOKEN if spoken.name == "openai-chat")
TOKEN = "answer-1"


def settings(upstream: Upstream, *models: str) -> Json:
    return {
        "endpoints": {"lab": {"url": upstream.origin, "dialect": "openai"}},
        "models": {"chat": list(models) or ["lab:talker"]},
        "complete": {"instant": False},
    }


def is_for_title(visit: Visit) -> bool:
    return "title" in str(visit.heard.body["messages"][0]["content"])[:60]


def says(*texts: str, word: str = "stop") -> Script:
    """Answers with these pieces."""

    async def script(visit: Visit) -> None:
        await CHAT.tell(visit, *texts, word=word)

    return script


def piece(**delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return b"data: " + json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode() + b"\n\n"


def speaks(*deltas: dict[str, Any], word: str = "stop") -> Script:
    """Answers with these deltas, as they stand."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        for delta in deltas:
            await visit.say(piece(**delta))
        await visit.say(CHAT.end(word))
        await visit.end()

    return script


def begins(*texts: str) -> Script:
    """Says this much, and goes on until it is hung up on."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        for text in texts:
            await visit.say(CHAT.text(text))
        await visit.until_gone()

    return script


def breaks_off(*texts: str) -> Script:
    """Says this much, and then the connection is gone."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        for text in texts:
            await visit.say(CHAT.text(text))
        visit.reset()

    return script


@asynccontextmanager
async def at_work(home: Path, upstream: Upstream, *models: str, **more: Json) -> AsyncIterator[Editor]:
    """A server with this model, whose every question for a title is answered."""
    async with editors.editor(home, initialized=False) as client:
        client.configuration = settings(upstream, *models)
        await client.initialize(initializationOptions=client.configuration, **more)
        yield client


async def ask(client: Editor, text: str, **more: Json) -> Json:
    params = {"partialResultToken": TOKEN, "text": text, **more}
    return await client.request("foretype/chat", params)


def pieces(client: Editor, kind: str, token: int | str = TOKEN) -> list[Json]:
    told = (params for params in client.all("$/progress") if params["token"] == token)
    return [params["value"] for params in told if params["value"]["kind"] == kind]


def text_of(client: Editor, kind: str = "text", token: int | str = TOKEN) -> str:
    return "".join(piece["text"] for piece in pieces(client, kind, token))


async def command(client: Editor, name: str, **argument: Json) -> Json:
    params = {"command": f"foretype.{name}", "arguments": [argument]}
    return await client.request("workspace/executeCommand", params)


def said_to_model(visit: Visit) -> str:
    """Everything that the model was given to read."""
    return json.dumps(visit.heard.body["messages"], ensure_ascii=False)
