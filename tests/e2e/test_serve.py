"""`foretype serve`, talked to by OpenAI's own client, and by those whom it must not serve."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest

import editor
from contract.spoken import SPOKEN, Spoken
from contract.upstream import Upstream, Visit, serving
from e2e.chatting import speaks

PATIENCE_S = 20.0
TEXT, CHAT = (
    next(spoken for spoken in SPOKEN if spoken.name == name) for name in ("openai-text", "openai-chat")
)
CONFIG = """\
[endpoints.lab]
url = "{origin}"
dialect = "openai"

[models]
complete = ["lab:qwen2.5-coder-1.5b"]
chat = ["lab:talker", "lab:other"]

[complete]
deadline_ms = 20000
"""


@dataclass(frozen=True)
class Served:
    """A running `foretype serve`: where it listens, its key, and all that it printed."""

    url: str
    key: str
    printed: str
    home: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])

    @asynccontextmanager
    async def client(self, **more: Any) -> AsyncIterator[openai.AsyncOpenAI]:
        options = {"base_url": self.url, "api_key": self.key, "max_retries": 0, **more}
        async with openai.AsyncOpenAI(**options) as client:
            yield client

    async def raw(self, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
        """The status and the body of the answer to a request that is written by hand."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        await writer.wait_closed()
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content

    async def status(self, *headers: str, first: str = "GET /v1/models HTTP/1.1") -> int:
        return (await self.raw(first, *headers))[0]

    @property
    def host(self) -> str:
        return f"Host: 127.0.0.1:{self.port}"

    @property
    def bearer(self) -> str:
        return f"Authorization: Bearer {self.key}"


@asynccontextmanager
async def serve(home: Path, *arguments: str) -> AsyncIterator[tuple[str, str]]:
    """What it printed until it was ready, and the key of it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "foretype", "serve", "--port", "0", *arguments,
        env=editor.environment(home), cwd=home, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    printed = ""
    try:
        while "is kept in" not in printed:
            line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
            assert line, printed
            printed += line.decode()
        yield printed, printed.partition("serving   ")[2].partition("\n")[0]
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream


@pytest.fixture
async def served(tmp_path: Path, upstream: Upstream) -> AsyncIterator[Served]:
    config = tmp_path / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG.format(origin=upstream.origin))
    async with serve(tmp_path) as (printed, url):
        key = printed.partition("key       ")[2].partition("\n")[0]
        yield Served(url, key, printed, tmp_path)


def says(spoken: Spoken, *texts: str, word: str = "stop") -> Any:
    async def script(visit: Visit) -> None:
        await spoken.tell(visit, *texts, word=word)

    return script


def refuses(status: str, message: str) -> Any:
    async def script(visit: Visit) -> None:
        await visit.answer(status, json.dumps({"error": {"message": message}}).encode())

    return script


async def test_the_models_of_the_settings_are_listed(served: Served) -> None:
    async with served.client() as client:
        names = [model.id async for model in client.models.list()]
    assert names == ["foretype", "lab:qwen2.5-coder-1.5b", "lab:talker", "lab:other"]


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_a_hole_is_filled_as_an_editor_would_get_it(
    served: Served, upstream: Upstream, is_streamed: bool
) -> None:
    upstream.will(says(TEXT, "a +", " b\n\nprint(add(1, 2))\n"))
    async with served.client() as client:
        wish: Any = {
            "model": "foretype",
            "prompt": "def add(a, b):\n    return ",
            "suffix": "\n\nprint(add(1, 2))\n",
        }
        if is_streamed:
            pieces = [piece async for piece in await client.completions.create(**wish, stream=True)]
            text, finish = (
                "".join(piece.choices[0].text for piece in pieces),
                pieces[-1].choices[0].finish_reason,
            )
        else:
            whole = await client.completions.create(**wish)
            text, finish = whole.choices[0].text, whole.choices[0].finish_reason
    assert (text, finish) == ("a + b", "stop")
    assert "<|fim_suffix|>" in upstream.heard[0].body["prompt"]


async def test_a_whole_text_is_cleaned_as_an_editor_would_show_it(served: Served, upstream: Upstream) -> None:
    upstream.will(says(TEXT, "1, 2)"), says(TEXT, "total += \u202e1"))
    async with served.client() as client:
        texts = [
            (await client.completions.create(model="foretype", prompt=before, suffix=after)).choices[0].text
            for before, after in (
                ("print(add(", "))\nprint(2)\n"),
                ("def f():\n    ", "\n    return total\n"),
            )
        ]
    assert texts == ["1, 2", ""]


async def test_a_prompt_laid_out_for_one_model_is_laid_out_anew_for_ours(
    served: Served, upstream: Upstream
) -> None:
    upstream.will(says(TEXT, "x"))
    async with served.client() as client:
        await client.completions.create(
            model="foretype", prompt="<PRE> before = 1\ny =  <SUF>\nafter = 2\n <MID>"
        )
    prompt = upstream.heard[0].body["prompt"]
    assert "<PRE>" not in prompt
    assert prompt.endswith("<|fim_prefix|>before = 1\ny = <|fim_suffix|>\nafter = 2\n<|fim_middle|>")


async def test_a_conversation_is_answered_whole(served: Served, upstream: Upstream) -> None:
    upstream.will(says(CHAT, "Hel", "lo.", word="length"))
    async with served.client() as client:
        answer = await client.chat.completions.create(
            model="lab:other",
            messages=[{"role": "developer", "content": "Be short."}, {"role": "user", "content": "Hi"}],
            temperature=0.5,
            max_tokens=50,
        )
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Hello.", "length")
    body = upstream.heard[0].body
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("other", 0.5, 50)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


async def test_a_conversation_is_answered_as_it_is_written(served: Served, upstream: Upstream) -> None:
    is_read = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text("One"))
        await asyncio.wait_for(is_read.wait(), PATIENCE_S)
        await visit.say(CHAT.text(" two"))
        await visit.say(CHAT.end())
        await visit.end()

    upstream.will(script)
    async with served.client() as client:
        stream = await client.chat.completions.create(
            model="foretype",
            messages=[{"role": "user", "content": "Count"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        text = ""
        async for piece in stream:
            text += piece.choices[0].delta.content or "" if piece.choices else ""
            is_read.set()
    assert text == "One two"


WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"place": {"type": "string"}}},
    },
}


def calls(*parts: Any) -> Any:
    return speaks({"content": "Let me see."}, *({"tool_calls": [part]} for part in parts), word="tool_calls")


BEGUN = {"index": 0, "id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"pla'}}
REST = {"index": 0, "function": {"arguments": 'ce": "Bern"}'}}
OTHER = {"index": 1, "id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_a_clients_own_tools_are_offered_and_their_results_handed_on(
    served: Served, upstream: Upstream, is_streamed: bool
) -> None:
    upstream.will(calls(BEGUN, REST, OTHER), says(CHAT, "Sunny."))
    said: list[Any] = [{"role": "user", "content": "How is the weather?"}]
    wish: Any = {"model": "lab:talker", "tools": [WEATHER], "tool_choice": "auto"}
    async with served.client() as client:
        if is_streamed:
            async with client.chat.completions.stream(messages=said, **wish) as stream:
                answer: Any = await stream.get_final_completion()
        else:
            answer = await client.chat.completions.create(messages=said, **wish)
        (choice,) = answer.choices
        assert choice.finish_reason == "tool_calls"
        assert choice.message.content == "Let me see."
        called = choice.message.tool_calls
        assert [(call.id, call.function.name, call.function.arguments) for call in called] == [
            ("c1", "weather", '{"place": "Bern"}'),
            ("c2", "weather", "{}"),
        ]
        said += [
            {"role": "assistant", "content": "Let me see.", "tool_calls": [asked(each) for each in called]}
        ]
        said += [{"role": "tool", "tool_call_id": call.id, "content": "sun"} for call in called]
        last = await client.chat.completions.create(messages=said, **wish)
    assert last.choices[0].message.content == "Sunny."
    assert upstream.heard[0].body["tools"] == [WEATHER]
    again = upstream.heard[1].body["messages"]
    assert [message["role"] for message in again] == ["user", "assistant", "tool", "tool"]
    assert [message["tool_call_id"] for message in again[2:]] == ["c1", "c2"]
    assert [call["id"] for call in again[1]["tool_calls"]] == ["c1", "c2"]


def asked(call: Any) -> Any:
    function = {"name": call.function.name, "arguments": call.function.arguments}
    return {"id": call.id, "type": "function", "function": function}


async def test_what_cannot_be_asked_of_tools_is_named(served: Served, upstream: Upstream) -> None:
    messages: Any = [{"role": "user", "content": "Hi"}]
    async with served.client() as client:
        for problem, wish in (
            ("tool_choice", {"tools": [WEATHER], "tool_choice": "required"}),
            ("tools", {"tools": [{"type": "function"}]}),
            ("functions", {"extra_body": {"functions": [WEATHER["function"]]}}),
            ("messages", {"messages": [{"role": "assistant", "tool_calls": [{"id": "c1"}]}]}),
        ):
            more: Any = {"messages": messages, **wish}
            with pytest.raises(openai.BadRequestError, match=f"`{problem}`"):
                await client.chat.completions.create(model="foretype", **more)
        upstream.will(says(CHAT, "Hello."))
        quiet: Any = {"tools": [WEATHER], "tool_choice": "none"}
        await client.chat.completions.create(model="foretype", messages=messages, **quiet)
    assert "tools" not in upstream.heard[0].body


async def test_a_clients_own_stop_words_hold(served: Served, upstream: Upstream) -> None:
    upstream.will(says(CHAT, "One EN", "D two"))
    async with served.client() as client:
        answer = await client.chat.completions.create(
            model="foretype", messages=[{"role": "user", "content": "Count"}], stop=["END"]
        )
    assert answer.choices[0].message.content == "One "


async def test_hanging_up_stops_the_model(served: Served, upstream: Upstream) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text("One"))
        await visit.until_gone()

    upstream.will(script)
    async with served.client() as client:
        stream = await client.chat.completions.create(
            model="foretype", messages=[{"role": "user", "content": "Count"}], stream=True
        )
        await anext(aiter(stream))
        await stream.close()
        await asyncio.wait_for(upstream.visits[0].gone.wait(), PATIENCE_S)


async def test_each_failure_is_the_clients_own_kind_of_error(served: Served, upstream: Upstream) -> None:
    messages: Any = [{"role": "user", "content": "Hi"}]
    async with served.client() as client:
        with pytest.raises(openai.NotFoundError, match="no model 'nonsense'"):
            await client.chat.completions.create(model="nonsense", messages=messages)
        with pytest.raises(openai.BadRequestError, match="`n` can only be 1"):
            await client.chat.completions.create(model="foretype", messages=messages, n=2)
        upstream.will(refuses("400 Bad Request", "maximum context length is 10 tokens"))
        with pytest.raises(openai.BadRequestError, match="longer than other reads") as caught:
            await client.chat.completions.create(model="lab:other", messages=messages)
        assert caught.value.code == "context_length_exceeded"
        upstream.will(refuses("401 Unauthorized", "no"))
        with pytest.raises(openai.InternalServerError, match="did not accept its key"):
            await client.chat.completions.create(model="lab:talker", messages=messages)
    async with served.client(api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError, match="missing or wrong"):
            await client.models.list()


async def test_an_answer_that_breaks_off_is_an_error_and_not_an_end(
    served: Served, upstream: Upstream
) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text("One"))
        visit.reset()

    upstream.will(script)
    async with served.client() as client:
        stream = await client.chat.completions.create(
            model="lab:talker", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        with pytest.raises(openai.APIError, match="broke off"):
            async for _ in stream:
                pass


async def test_only_this_address_and_no_web_page_is_served(served: Served) -> None:
    assert await served.status(served.host, served.bearer) == 200
    assert await served.status(f"Host: localhost:{served.port}", served.bearer) == 200
    assert await served.status(f"Host: evil.example:{served.port}", served.bearer) == 421
    assert await served.status("Host: 127.0.0.1", served.bearer) == 421
    assert await served.status(served.bearer) == 421
    assert await served.status(served.host, served.bearer, "Origin: https://evil.example") == 403
    assert await served.status(served.host, served.bearer, f"Origin: http://127.0.0.1:{served.port}") == 403
    assert await served.status(served.host, served.bearer, "Sec-Fetch-Site: cross-site") == 403
    assert await served.status(served.host, served.host, served.bearer) == 400


async def test_without_the_key_nothing_is_told(served: Served) -> None:
    for header in ("X: y", "Authorization: Basic abc", "Authorization: Bearer ", f"{served.bearer}x"):
        for path in ("/v1/models", "/nothing"):
            assert await served.status(served.host, header, first=f"GET {path} HTTP/1.1") == 401


async def test_what_is_asked_is_bounded_and_well_formed(served: Served) -> None:
    post = "POST /v1/completions HTTP/1.1"
    known = (served.host, served.bearer)
    assert await served.status(*known, "Content-Length: 99999999999", first=post) == 413
    assert await served.status(*known, "Content-Length: -1", first=post) == 400
    assert await served.status(*known, "Transfer-Encoding: chunked", first=post) == 411
    assert await served.status(*known, f"X: {'y' * 40_000}", first=post) == 431
    assert await served.status(*known, first="GET /v1/completions HTTP/1.1") == 405
    assert await served.status(*known, first="GET /etc/passwd HTTP/1.1") == 404
    assert await served.status(*known, first="nonsense") == 400
    status, body = await served.raw(post, *known, "Content-Length: 2", body=b"[]")
    assert (status, json.loads(body)["error"]["type"]) == (400, "invalid_request_error")


async def test_the_key_is_private_shown_once_and_stays(served: Served, tmp_path: Path) -> None:
    kept = tmp_path / "foretype" / "state" / "serve-key"
    assert kept.read_text() == served.key
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert served.key in served.printed
    async with serve(tmp_path) as (printed, _):
        assert served.key not in printed
    assert kept.read_text() == served.key
    async with serve(tmp_path, "--new-key") as (printed, _):
        assert kept.read_text() != served.key
        assert kept.read_text() in printed


async def test_it_listens_on_this_machine_alone(served: Served) -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", served.port)
