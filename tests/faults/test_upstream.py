"""What goes wrong at a model's server, through a whole server of ours: rows 30-64 of the fault table.

What chat and edits owe in rows 31, 33, 34, 35, 52 and 57 is theirs to show.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import pytest

from faults.typist import (
    BLOCK,
    CANARY,
    LINE,
    MODEL,
    TEXT,
    Typist,
    heard,
    is_gone,
    no_request,
    out_of_order,
    typing,
)

from contract.spoken import EVENTS, openai_text
from contract.test_faults import NOT_SUPPORTED, answering, flood, saying, well
from contract.test_on_the_way import AUTHORITY, server_context
from contract.upstream import Script, Upstream, Visit, serving

HASTY_MS = 500
"""Long enough for a whole answer on a slow machine, short enough to be waited for."""

SHOWN = "a + b"
WHOLE_LINES = "c = a + b\n    c += 1\n    c +"
TWO_LINES = "c = a + b\n    c += 1"


def stalling(*texts: str) -> Script:
    """Begins to answer, and then says nothing more."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        for text in texts:
            await visit.say(TEXT.text(text))
        await visit.until_gone()

    return script


async def is_quiet(typist: Typist, questions: int = 3) -> None:
    """Nothing is suggested, and nothing pops up."""
    for _ in range(questions):
        await typist.sees()
    typist.is_told_nothing()


async def is_asked_no_more(typist: Typist, upstream: Upstream) -> None:
    with no_request(upstream):
        for _ in range(3):
            await typist.sees()


# No connection


async def test_30_a_server_that_is_not_there_and_then_is(tmp_path: Path) -> None:
    async with serving() as closed:
        origin = closed.origin
    async with typing(tmp_path, origin) as typist:
        for _ in range(5):
            await typist.sees()
        typist.is_told_once("lab cannot be reached", "check the connection")
        async with serving(port=int(origin.rpartition(":")[2])) as back:
            back.answers_looks(out_of_order)
            back.will(well)
            await typist.sees_until(SHOWN)
        typist.is_told_once("lab cannot be reached")


async def test_30_a_host_that_nobody_knows(tmp_path: Path) -> None:
    async with typing(tmp_path, "https://nobody.invalid") as typist:
        await typist.sees()
        typist.is_told_once("lab cannot be reached")


async def test_31_a_connection_that_hangs(tmp_path: Path, upstream: Upstream) -> None:
    """A server that accepts and then never shakes hands."""
    origin = upstream.origin.replace("http:", "https:")
    async with typing(tmp_path, origin, deadline_ms=HASTY_MS) as typist:
        await is_quiet(typist, 1)
    await upstream.all_closed()


# Slow, silent and broken streams


async def test_32_headers_one_byte_at_a_time(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(lambda visit: visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000, every_s=0.05))
    async with typing(tmp_path, upstream, deadline_ms=HASTY_MS) as typist:
        await is_quiet(typist, 1)
        await is_gone(upstream.visits[0])


async def test_33_the_first_token_very_late(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(stalling())
    async with typing(tmp_path, upstream, deadline_ms=HASTY_MS) as typist:
        await is_quiet(typist, 1)
        await is_gone(upstream.visits[0])


@pytest.mark.parametrize(
    ("place", "text", "seen"), [(LINE, "a +", []), (BLOCK, WHOLE_LINES, [TWO_LINES])], ids=["half", "whole"]
)
async def test_34_a_stream_that_stalls(
    tmp_path: Path, upstream: Upstream, place: str, text: str, seen: list[str]
) -> None:
    upstream.will(stalling(text))
    async with typing(tmp_path, upstream, deadline_ms=HASTY_MS) as typist:
        await typist.sees(*seen, at=place)
        typist.is_told_nothing()
        await is_gone(upstream.visits[0])


@pytest.mark.parametrize(
    ("place", "text", "seen"), [(LINE, "a +", []), (BLOCK, WHOLE_LINES, [TWO_LINES])], ids=["half", "whole"]
)
async def test_35_a_stream_that_is_reset(
    tmp_path: Path, upstream: Upstream, place: str, text: str, seen: list[str]
) -> None:
    may_reset = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text(text))
        await may_reset.wait()
        visit.reset()

    upstream.will(script)
    async with typing(tmp_path, upstream) as typist:
        id = typist.post(place)
        await heard(upstream, 1)
        await typist.hears_from(f"lab:{MODEL}")
        may_reset.set()
        assert await typist.answer(id) == seen
        typist.is_told_nothing()


async def test_36_an_end_without_its_mark(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(saying(TEXT.text(SHOWN), TEXT.frame(openai_text("", "stop"))))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)


@pytest.mark.parametrize(
    ("place", "text", "seen"), [(LINE, "a +", []), (BLOCK, WHOLE_LINES, [TWO_LINES])], ids=["half", "whole"]
)
async def test_37_an_end_without_anything(
    tmp_path: Path, upstream: Upstream, place: str, text: str, seen: list[str]
) -> None:
    upstream.will(saying(TEXT.text(text)))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(*seen, at=place)
        typist.is_told_nothing()


# Bytes and events


async def test_38_an_answer_cut_at_every_byte(tmp_path: Path, upstream: Upstream) -> None:
    content = TEXT.text("'añ😀'") + TEXT.end()
    upstream.will(saying(*[content[i : i + 1] for i in range(len(content))]))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees("'añ😀'")


async def test_39_separators_of_unicode_break_no_event(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(saying(TEXT.text("'a\u2028b'  "), TEXT.text("# \u0085"), TEXT.end()), well)
    async with typing(tmp_path, upstream) as typist:
        seen = await typist.asks()
        assert all(text.startswith("'a") for text in seen)
        typist.is_told_nothing()
        await typist.sees(SHOWN)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
async def test_40_events_as_the_standard_allows_them(
    tmp_path: Path, upstream: Upstream, line_end: str
) -> None:
    first = json.dumps(openai_text("a +"), indent=1).split("\n")
    last = json.dumps(openai_text(" b", "stop"))
    lines = ["\ufeff: hello", "retry: 10", "id: 7", "event: completion", *[f"data:{part}" for part in first]]
    lines += ["", ": keep-alive", "", f"data:{last}", "", "data:[DONE]", "", ""]
    upstream.will(saying(line_end.join(lines).encode()))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)


async def test_41_an_event_that_is_not_json(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(saying(TEXT.text(WHOLE_LINES), b'data: {"choices":[{"te-sesame\n\n', TEXT.end()))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(TWO_LINES, at=BLOCK)
        typist.is_told_nothing()
        assert "sesame" not in json.dumps(typist.client.received)
        assert b"sesame" not in typist.client.stderr


@pytest.mark.parametrize("is_event", [True, False], ids=["event", "body"])
async def test_42_an_error_under_a_200(tmp_path: Path, upstream: Upstream, *, is_event: bool) -> None:
    error = {"error": {"message": f"bad key {CANARY}", "code": 401}}
    upstream.will(saying(TEXT.frame(error)) if is_event else answering("200 OK", error))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        typist.is_told_once("did not accept its key")
        await is_asked_no_more(typist, upstream)


async def test_43_a_page_of_the_network(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(*[answering("200 OK", b"<!doctype html><title>Please log in</title>", "text/html")] * 2)
    async with typing(tmp_path, upstream) as typist:
        for _ in range(4):
            await typist.sees()
        typist.is_told_once("login page")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", EVENTS])
async def test_44_a_document_for_a_stream(tmp_path: Path, upstream: Upstream, content_type: str) -> None:
    upstream.will(answering("200 OK", TEXT.whole(SHOWN), content_type))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)


# Refusals


async def test_45_a_parameter_that_is_not_supported(tmp_path: Path, upstream: Upstream) -> None:
    complaint = {"error": {"message": "Unsupported parameter: 'stop'", "param": "stop"}}
    upstream.will(answering("400 Bad", complaint), well, well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)
        await typist.sees(SHOWN)
        typist.is_told_nothing()
    assert ["stop" in request.body for request in upstream.heard] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "words"),
    [("401 Unauthorized", "did not accept its key"), ("403 Forbidden", "does not allow this")],
)
async def test_46_a_key_that_is_refused(tmp_path: Path, upstream: Upstream, status: str, words: str) -> None:
    """Nobody asks with it again, until the settings have changed."""
    upstream.will(answering(status, {"error": f"bad key {CANARY}"}), well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await is_asked_no_more(typist, upstream)
        typist.is_told_once(words)
        await typist.changes_settings(max_tokens=100)
        await typist.sees_until(SHOWN)
        typist.is_told_once(words)
    assert upstream.heard[0].headers["authorization"] == f"Bearer {CANARY}"


async def test_47_credits_that_are_used_up(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(answering("402 Payment Required", {"error": "no credits"}))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await is_asked_no_more(typist, upstream)
        typist.is_told_once("credits", "used up")


@pytest.mark.parametrize(
    ("status", "body"), [("404 Not Found", b"Not Found"), ("400 Bad Request", NOT_SUPPORTED)]
)
async def test_48_a_model_that_nobody_serves(
    tmp_path: Path, upstream: Upstream, status: str, body: object
) -> None:
    upstream.will(answering(status, body), well, well)
    async with typing(tmp_path, upstream, models=["lab:starcoder2-9b", f"lab:{MODEL}"]) as typist:
        await typist.sees(SHOWN)
        await typist.sees(SHOWN)
        typist.is_told_once("lab does not serve starcoder2-9b")
    assert [request.body["model"] for request in upstream.heard] == ["starcoder2-9b", MODEL, MODEL]


async def test_49_a_prompt_that_is_too_long_is_halved(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(answering("413 Too Large", b""), well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN, at="x = 1234567\n" * 400 + LINE)
        typist.is_told_nothing()
    whole, half = (len(request.body["prompt"]) for request in upstream.heard)
    assert half < 0.7 * whole


async def test_49_a_prompt_that_stays_too_long(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(*[answering("422 No", {"error": "`inputs` tokens must be <= 4096"})] * 2)
    async with typing(tmp_path, upstream) as typist:
        await is_quiet(typist, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "30"},
        {"retry_after": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"retry_after": "1e9"},
        {"retry_after": "-1"},
        {"retry_after": "soon"},
        {},
    ],
    ids=["seconds", "date", "absurd", "negative", "text", "absent"],
)
async def test_50_too_many_requests(tmp_path: Path, upstream: Upstream, headers: dict[str, str]) -> None:
    upstream.will(answering("429 Too Many", {"error": "slow down"}, **headers))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await is_asked_no_more(typist, upstream)
        typist.is_told_nothing()


async def test_50_the_time_that_was_named_is_kept_and_no_longer(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(answering("429 Too Many", {"error": "slow down"}, retry_after_ms="300"), well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await typist.sees_until(SHOWN)
        typist.is_told_nothing()


async def test_51_a_server_that_fails_once(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(answering("502 E", b"<html>Bad gateway</html>", "text/html"), well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)
        typist.is_told_nothing()


async def test_51_a_server_that_fails_again_and_again(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(*[answering("503 E", b"<html>Unavailable</html>", "text/html")] * 4)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await typist.sees()
        await is_asked_no_more(typist, upstream)
        typist.is_told_nothing()


async def test_52_a_model_that_is_loading(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(answering("503 Unavailable", {"error": "Model m is loading model", "estimated_time": 20.0}))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        await is_asked_no_more(typist, upstream)
        typist.is_told_nothing()


async def test_53_a_redirect_is_not_followed(tmp_path: Path, upstream: Upstream) -> None:
    async with serving() as elsewhere:
        upstream.will(answering("307 Temporary", b"", Location=f"{elsewhere.origin}/v1/completions"))
        async with typing(tmp_path, upstream) as typist:
            await typist.sees()
            typist.is_told_once("not a model's answer")
        assert elsewhere.opened == 0


# Too much of everything


async def test_54_a_compressed_bomb(tmp_path: Path, upstream: Upstream) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    upstream.will(saying(bomb, content_type="application/json", Content_Encoding="gzip"))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        typist.is_told_once("unpacks to more")


@pytest.mark.parametrize(
    "piece",
    [b":" + b"x" * 65_000 + b"\n\n", b"x" * 65_000],
    ids=["a stream without end", "a line without end"],
)
async def test_54_an_answer_without_end(tmp_path: Path, upstream: Upstream, piece: bytes) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await flood(visit, piece)

    upstream.will(script)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        typist.is_told_once("longer than")
        await asyncio.wait_for(upstream.all_closed(), 5)


async def test_54_headers_without_end(tmp_path: Path, upstream: Upstream) -> None:
    async def script(visit: Visit) -> None:
        await visit.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await visit.send(b"X-More: " + b"x" * 4000 + b"\r\n")

    upstream.will(script)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees()
        typist.is_told_once("HTTP")
        await asyncio.wait_for(upstream.all_closed(), 5)


@pytest.mark.parametrize(
    ("piece", "seen"),
    [("c += 1\n    ", "c += 1"), (" ", ""), ("\n", ""), ("ab", "ab")],
    ids=["lines", "blanks", "blank lines", "letters"],
)
async def test_55_a_model_that_never_stops(tmp_path: Path, upstream: Upstream, piece: str, seen: str) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await flood(visit, TEXT.text(piece))

    upstream.will(script)
    async with typing(tmp_path, upstream) as typist:
        texts = await typist.asks(BLOCK)
        assert all(text.startswith(seen) and len(text) < 500 for text in texts)
        typist.is_told_nothing()
        await asyncio.wait_for(upstream.all_closed(), 5)


# Odd content


@pytest.mark.parametrize(
    "payload",
    [
        {"choices": []},
        {"choices": None},
        {"choices": [{"index": 1, "text": "another choice"}]},
        {"choices": [{"index": 0, "text": None}]},
        {"choices": [{"index": 0, "reasoning_content": "hm", "tool_calls": []}]},
    ],
    ids=["empty", "null", "another", "no text", "thoughts"],
)
async def test_56_events_without_text(tmp_path: Path, upstream: Upstream, payload: dict[str, object]) -> None:
    odd = TEXT.frame(payload)
    upstream.will(saying(odd, TEXT.text("a +"), odd, TEXT.text(" b"), TEXT.end()), saying(odd, TEXT.end()))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)
        await is_quiet(typist, 1)


@pytest.mark.parametrize("word", ["length", "content_filter"])
async def test_57_a_text_cut_off_by_the_server(tmp_path: Path, upstream: Upstream, word: str) -> None:
    upstream.will(saying(TEXT.text(WHOLE_LINES), TEXT.end(word)), saying(TEXT.text("a +"), TEXT.end(word)))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(TWO_LINES, at=BLOCK)
        await is_quiet(typist, 1)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a + b<|endoftext|>def", [SHOWN]),
        ("a + b<|fim_middle|>", [SHOWN]),
        ("<think>hm</think>a + b", [SHOWN]),
        ("```python\na + b\n```", [SHOWN]),
        ("\ufeffa + b", []),
        ("a + b\r\nprint()", [SHOWN]),
        ("a +\0 b", [SHOWN]),
        ("a + b  # \u202e txet", []),
        ("a + b  # \U000e0041\U000e0042", []),
    ],
    ids=["end", "template", "thoughts", "fence", "mark", "crlf", "nul", "bidi", "tags"],
)
async def test_58_what_is_no_code(tmp_path: Path, upstream: Upstream, written: str, seen: list[str]) -> None:
    upstream.will(lambda visit: TEXT.tell(visit, written))
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(*seen)


# On the way


@pytest.mark.parametrize(
    ("name", "certificates"), [("good", ""), ("other-host", AUTHORITY), ("expired", AUTHORITY)]
)
async def test_59_a_certificate_that_is_not_trusted(tmp_path: Path, name: str, certificates: str) -> None:
    variables = {"SSL_CERT_FILE": certificates} if certificates else {}
    async with serving(server_context(name)) as secure:
        async with typing(tmp_path, secure, variables=variables) as typist:
            await typist.sees()
            await typist.sees()
            typist.is_told_once("certificate", "SSL_CERT_FILE", "clock")
        assert not secure.heard


async def test_59_an_authority_of_the_users_own(tmp_path: Path) -> None:
    async with serving(server_context("good")) as secure:
        secure.will(well)
        async with typing(tmp_path, secure, variables={"SSL_CERT_FILE": AUTHORITY}) as typist:
            await typist.sees(SHOWN)


FAR = "https://models.example"


async def test_60_a_proxy_that_wants_a_password(tmp_path: Path, upstream: Upstream) -> None:
    upstream.always(answering("407 Proxy Authentication Required", b"", Proxy_Authenticate="Basic"))
    proxy = upstream.origin.replace("://", "://user:hunter2@")
    async with typing(tmp_path, FAR, variables={"HTTPS_PROXY": proxy}) as typist:
        await typist.sees()
        await typist.sees()
        typist.is_told_once("proxy", "HTTPS_PROXY")
        assert "hunter2" not in json.dumps(typist.client.received) + typist.client.stderr.decode()
    # One to make the way ready at each document that opens, and one request; then the model is left alone.
    assert {request.method for request in upstream.heard} == {"CONNECT"}
    assert len(upstream.heard) <= 3


async def test_60_a_dead_proxy(tmp_path: Path) -> None:
    async with serving() as dead:
        proxy = dead.origin
    async with typing(tmp_path, FAR, variables={"HTTPS_PROXY": proxy}) as typist:
        await typist.sees()
        typist.is_told_once("proxy", "HTTPS_PROXY")


async def test_60_no_proxy_on_the_way_to_this_machine(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well)
    variables = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"}
    async with typing(tmp_path, upstream, variables=variables) as typist:
        await typist.sees(SHOWN)


async def test_60_a_host_that_is_exempt_from_the_proxy(tmp_path: Path, upstream: Upstream) -> None:
    variables = {"HTTPS_PROXY": upstream.origin, "NO_PROXY": "nobody.invalid"}
    async with typing(tmp_path, "https://nobody.invalid", variables=variables) as typist:
        await typist.sees()
        typist.is_told_once("lab cannot be reached")
    assert upstream.opened == 0


async def test_60_a_proxy_of_a_kind_that_needs_another_package(tmp_path: Path) -> None:
    async with typing(tmp_path, FAR, variables={"ALL_PROXY": "socks5://127.0.0.1:9"}) as typist:
        await typist.sees()
        typist.is_told_once("pip install")


# Time and sleep


async def test_61_after_sleep_a_new_connection_is_used(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well, well)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(SHOWN)
        await typist.client.request("test/clocks", {"ahead_s": 3600})
        await typist.sees(SHOWN)
    assert upstream.opened == 2


async def test_62_a_clock_that_is_wrong_changes_no_deadline(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well, stalling(), well)
    async with typing(tmp_path, upstream, deadline_ms=HASTY_MS) as typist:
        for ahead_s, seen in ((-1e9, [SHOWN]), (2e9, []), (-1e9, [SHOWN])):
            await typist.client.request("test/clocks", {"ahead_s": ahead_s})
            await typist.sees(*seen)


async def test_63_an_idle_connection_that_closes_as_the_request_is_sent(
    tmp_path: Path, upstream: Upstream
) -> None:
    async def hang_up(visit: Visit) -> None:
        visit.hang_up()

    async def reset(visit: Visit) -> None:
        visit.reset()

    upstream.will(well, hang_up, well, reset, well)
    async with typing(tmp_path, upstream) as typist:
        for _ in range(3):
            await typist.sees(SHOWN)
        typist.is_told_nothing()


# Many at once


async def test_64_a_hundred_questions_in_one_document(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well)
    async with typing(tmp_path, upstream, debounce_ms=300) as typist:
        typist.client.open("file:///project/a.py", LINE.replace("█", ""))
        before, _, _ = LINE.partition("█")
        ids = [typist.ask_at("file:///project/a.py", before) for _ in range(100)]
        answers = [await typist.answer(id) for id in ids]
        assert answers == [[]] * 99 + [[SHOWN]]
    assert len(upstream.heard) == 1


async def test_64_a_hundred_documents_at_once(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(*[well] * 100)
    async with typing(tmp_path, upstream) as typist:
        ids = [typist.post() for _ in range(100)]
        assert [await typist.answer(id) for id in ids] == [[SHOWN]] * 100
    assert upstream.most_open <= 16
