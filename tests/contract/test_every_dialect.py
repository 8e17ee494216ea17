"""What every dialect owes: it streams, cancels, times out, maps errors, and gives its connection back."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foretype.backends.delta import Finish, Usage
from foretype.errors import (
    BackendError,
    DeadlineExceededError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)

from contract.asking import PATIENT, Answer, Client
from contract.spoken import SPOKEN, Spoken

if TYPE_CHECKING:
    from contract.upstream import Upstream, Visit

every_dialect = pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.name)


def is_part_of(expected: object, found: object) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and is_part_of(value, found[name]) for name, value in expected.items())
    return expected == found


@every_dialect
async def test_asks_what_the_documentation_says(spoken: Spoken, upstream: Upstream, client: Client) -> None:
    upstream.will(lambda visit: spoken.tell(visit, "a"))
    await client.ask(spoken)
    heard = upstream.heard[0]
    assert (heard.method, heard.path) == ("POST", spoken.path)
    assert is_part_of(spoken.expects, heard.body), heard.body


@every_dialect
async def test_brings_each_piece_when_it_arrives(spoken: Spoken, upstream: Upstream, client: Client) -> None:
    read = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        await visit.say(spoken.text("a +"))
        await read.wait()
        await visit.say(spoken.text(" b") + spoken.end())
        await visit.end()

    upstream.will(script)
    texts = []
    async with aclosing(client.stream(spoken)) as deltas:
        async for delta in deltas:
            texts.append(delta.text)
            read.set()
    assert [text for text in texts if text] == ["a +", " b"]


@every_dialect
async def test_says_why_the_model_stopped_and_what_it_cost(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    upstream.will(
        lambda visit: spoken.tell(visit, "a", word="stop"),
        lambda visit: spoken.tell(visit, "a", word=spoken.length_word),
    )
    stopped, cut = await client.ask(spoken), await client.ask(spoken)
    assert (stopped.finish, cut.finish) == (Finish.STOP, Finish.LENGTH)
    assert stopped.usage == Usage(prompt_tokens=7, completion_tokens=2)


@every_dialect
async def test_uses_one_connection_for_answers_read_to_their_end(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    for _ in range(3):
        upstream.will(lambda visit: spoken.tell(visit, "a"))
        await client.ask(spoken)
    assert upstream.opened == 1


@every_dialect
async def test_a_reader_that_leaves_after_the_finish_leaves_a_connection_to_use(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    for _ in range(3):
        upstream.will(lambda visit: spoken.tell(visit, "a"))
        async with aclosing(client.stream(spoken)) as deltas:
            async for delta in deltas:
                if delta.finish:
                    break
    assert upstream.opened == 1


@every_dialect
async def test_closing_the_stream_closes_the_connection(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        await visit.say(spoken.text("a"))
        await visit.until_gone()

    upstream.will(script)
    async with aclosing(client.stream(spoken)) as deltas:
        await deltas.__anext__()
    await asyncio.wait_for(upstream.visits[0].gone.wait(), 5)


@every_dialect
@pytest.mark.parametrize("progress", ["nothing sent", "head sent", "text sent"])
async def test_cancelling_the_reader_closes_the_connection(
    spoken: Spoken, upstream: Upstream, client: Client, progress: str
) -> None:
    async def script(visit: Visit) -> None:
        if progress != "nothing sent":
            await visit.head(content_type=spoken.content_type)
        if progress == "text sent":
            await visit.say(spoken.text("a"))
        await visit.until_gone()

    upstream.will(script)
    asking = asyncio.create_task(client.ask(spoken))
    await upstream.heard_requests(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(upstream.visits[0].gone.wait(), 5)


@every_dialect
async def test_gives_up_on_a_server_that_never_answers(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    upstream.will(lambda visit: visit.until_gone())
    with pytest.raises(DeadlineExceededError):
        await client.ask(spoken, replace(PATIENT, first_byte_s=0.1))
    await asyncio.wait_for(upstream.visits[0].gone.wait(), 5)


@every_dialect
async def test_gives_up_on_an_answer_that_stalls(spoken: Spoken, upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        await visit.say(spoken.text("a"))
        await visit.until_gone()

    upstream.will(script)
    answer = Answer()
    with pytest.raises(DeadlineExceededError):
        await client.ask(spoken, replace(PATIENT, idle_s=0.1), into=answer)
    assert answer.text == "a"
    await asyncio.wait_for(upstream.visits[0].gone.wait(), 5)


@every_dialect
async def test_maps_a_refused_request(spoken: Spoken, upstream: Upstream, client: Client) -> None:
    upstream.will(lambda visit: visit.answer("401 Unauthorized", b'{"error":"Invalid credentials"}'))
    with pytest.raises(UnauthorizedError):
        await client.ask(spoken)


@every_dialect
async def test_maps_an_error_in_the_middle_of_an_answer(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        await visit.say(spoken.text("a") + spoken.error("the worker died"))
        await visit.end()

    upstream.will(script)
    with pytest.raises(UnavailableError):
        await client.ask(spoken)


@every_dialect
async def test_an_answer_that_breaks_off_is_interrupted(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        await visit.say(spoken.text("a"))
        visit.hang_up()

    upstream.will(script)
    with pytest.raises(StreamInterruptedError):
        await client.ask(spoken)


@every_dialect
async def test_reads_a_whole_document_where_a_stream_was_asked_for(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    document = json.dumps(spoken.whole("a + b"), indent=2).encode()
    upstream.will(lambda visit: visit.answer("200 OK", document))
    assert (await client.ask(spoken)).text == "a + b"


@every_dialect
async def test_any_cut_of_the_bytes_gives_the_same_text(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    content = spoken.text("é\u2028") + spoken.text("😀") + spoken.end()

    async def script(visit: Visit) -> None:
        await visit.head(content_type=spoken.content_type)
        for byte in content:
            await visit.say(bytes([byte]))
        await visit.end()

    upstream.will(script)
    assert (await client.ask(spoken)).text == "é\u2028😀"


@every_dialect
async def test_a_failure_names_its_endpoint_and_never_its_address(
    spoken: Spoken, upstream: Upstream, client: Client
) -> None:
    upstream.will(*[lambda visit: visit.answer("500 Oops", b"<html>stack trace</html>", "text/html")] * 2)
    with pytest.raises(BackendError) as failure:
        await client.ask(spoken)
    assert "lab" in str(failure.value)
    assert upstream.origin not in str(failure.value)
    assert "stack trace" not in str(failure.value)
