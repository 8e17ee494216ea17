"""Chat through the real server, with a model on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contract.upstream import Upstream, serving
from e2e.chatting import (
    ask,
    at_work,
    begins,
    breaks_off,
    command,
    pieces,
    said_to_model,
    says,
    speaks,
    text_of,
)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("A title"))
        yield upstream


async def test_an_answer_arrives_while_it_is_written(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("It adds ", "two numbers.\n", "That is all."))
    async with at_work(tmp_path, upstream) as client:
        result = await ask(client, "What does add do?")
        assert text_of(client) == "It adds two numbers.\nThat is all."
        assert result["finish"] == "stop"
        assert result["model"] == "lab:talker"
        assert result["title"] == "What does add do?"
        assert (result["prompt_tokens"], result["completion_tokens"]) == (7, 2)
        assert pieces(client, "model")[0]["text"] == "lab:talker"


async def test_the_next_turn_knows_the_one_before(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("Blue."), says("A title"), says("Because of Rayleigh."))
    async with at_work(tmp_path, upstream) as client:
        first = await ask(client, "What colour is the sky?")
        await upstream.heard_requests(2)
        second = await ask(client, "Why?", conversation=first["conversation"])
    assert second["conversation"] == first["conversation"]
    assert (first["turn"], second["turn"]) == (2, 4)
    roles = [message["role"] for message in upstream.heard[2].body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "Blue." in said_to_model(upstream.visits[2])


async def test_what_is_cancelled_keeps_what_arrived(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(begins("The first line.\n", "and half"))
    async with at_work(tmp_path, upstream) as client:
        id = client.post("foretype/chat", {"partialResultToken": "t", "text": "Go"})
        await client.until(lambda m: "first line" in str(m), "the first line")
        client.notify("$/cancelRequest", {"id": id})
        result = await client.result(id)
        assert result["finish"] == "cancelled"
        await upstream.all_closed()
        opened = await command(client, "conversations", action="open", id=result["conversation"])
        assert [turn["finish"] for turn in opened["turns"]] == ["stop", "cancelled"]
        assert opened["turns"][1]["text"].startswith("The first line.\nand half")


async def test_a_stream_that_breaks_can_go_on(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(breaks_off("one\n", "two\n"))
    async with at_work(tmp_path, upstream) as client:
        broken = await ask(client, "Count")
        assert broken["finish"] == "broken"
        assert "broke off" in broken["problem"]
        await upstream.heard_requests(2)
        upstream.will(says("three\n"))
        result = await ask(client, "", conversation=broken["conversation"], goes_on=True)
        assert (result["finish"], result["turn"]) == ("stop", broken["turn"])
        opened = await command(client, "conversations", action="open", id=result["conversation"])
        assert opened["turns"][1]["text"] == "one\ntwo\nthree\n"
        assert text_of(client) == "one\ntwo\nthree\n"


async def test_thoughts_are_never_text(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(
        speaks({"reasoning": "let me "}, {"reasoning_content": "see"}, {"content": "<think>hm"},
               {"content": "</think>\n\nyes"})
    )  # fmt: skip
    async with at_work(tmp_path, upstream) as client:
        await ask(client, "Is it?")
        assert text_of(client) == "\nyes" or text_of(client) == "yes"
        assert text_of(client, "reasoning") == "let me seehm"


async def test_without_a_model_the_problem_names_the_setting(tmp_path: Path, upstream: Upstream) -> None:
    async with at_work(tmp_path, upstream) as client:
        client.configuration = {}
        client.notify("workspace/didChangeConfiguration", {"settings": {}})
        result = await ask(client, "Hello?", model="builtin:workspace")
        assert result["finish"] == "broken"
        assert "does not answer in words" in result["problem"]


async def test_the_title_is_the_models(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("It is."), says('"[Sky](http://evil) Colours"'))
    async with at_work(tmp_path, upstream) as client:
        await ask(client, "Why is the sky blue at noon and red in the evening?")

        async def is_named() -> bool:
            listed = await command(client, "conversations", action="list")
            return [row["title"] for row in listed] == ["Sky(httpevil) Colours"]

        await client.eventually(is_named, "the title")


async def test_two_servers_keep_one_list(tmp_path: Path, upstream: Upstream) -> None:
    async with at_work(tmp_path, upstream) as one, at_work(tmp_path, upstream) as other:
        results = await asyncio.gather(
            *(ask(client, f"Question {n}") for client in (one, other) for n in range(5))
        )
        assert len({result["conversation"] for result in results}) == 10
        id = results[0]["conversation"]
        turns = await asyncio.gather(*(ask(client, "and?", conversation=id) for client in (one, other) * 3))
        assert len({turn["turn"] for turn in turns}) == 6
        for client in (one, other):
            assert len(await command(client, "conversations", action="list")) == 10
            assert len((await command(client, "conversations", action="open", id=id))["turns"]) == 14
