"""Everything that goes wrong between here and a model, one test for each way; the numbers are its rows."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import aclosing
from dataclasses import replace
from email.utils import formatdate

import pytest

from foretype.backends.connections import Connections
from foretype.backends.delta import Finish
from foretype.errors import (
    BackendError,
    BadAnswerError,
    ContextTooLongError,
    DeadlineExceededError,
    FillUnsupportedError,
    ForbiddenError,
    ModelLoadingError,
    ModelNotServedError,
    OfflineError,
    PaymentRequiredError,
    RateLimitedError,
    RequestRejectedError,
    SettingsError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)
from foretype.prompt.asked import RawPrompt

from contract.asking import PATIENT, Answer, Client
from contract.spoken import CHAT, EVENTS, SPOKEN, openai_chat, openai_text
from contract.upstream import Script, Upstream, Visit, serving

TEXT = SPOKEN[0]
TALK = SPOKEN[1]


def answering(status: str, body: object, content_type: str = "application/json", **headers: str) -> Script:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def script(visit: Visit) -> None:
        await visit.answer(status, content, content_type, **headers)

    return script


def saying(*pieces: bytes, content_type: str = EVENTS, **headers: str) -> Script:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=content_type, **headers)
        for piece in pieces:
            await visit.say(piece)
        await visit.end()

    return script


async def well(visit: Visit) -> None:
    await TEXT.tell(visit, "a + b")


async def flood(visit: Visit, piece: bytes) -> None:
    """Sends the same piece until the client has had enough."""
    while True:
        await visit.say(piece)


# No connection


async def test_30_connection_refused(client: Client) -> None:
    async with serving() as closed:
        origin = closed.origin
    client.endpoint = replace(client.endpoint, base_url=origin)
    with pytest.raises(OfflineError, match="lab cannot be reached"):
        await client.ask(TEXT)


async def test_30_unknown_host(client: Client) -> None:
    client.endpoint = replace(client.endpoint, base_url="https://nobody.invalid")
    with pytest.raises(OfflineError):
        await client.ask(TEXT)


async def test_31_connection_hangs(upstream: Upstream, client: Client) -> None:
    """A server that accepts and then never shakes hands."""
    client.endpoint = replace(client.endpoint, base_url=upstream.origin.replace("http:", "https:"))
    with pytest.raises(DeadlineExceededError, match="the connection"):
        await client.ask(TEXT, replace(PATIENT, connect_s=0.05))


# Slow, silent and broken streams


async def test_32_headers_one_byte_at_a_time(upstream: Upstream, client: Client) -> None:
    upstream.will(lambda visit: visit.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000, every_s=0.005))
    with pytest.raises(DeadlineExceededError):
        await client.ask(TEXT, replace(PATIENT, first_byte_s=0.2))


async def test_32_comments_for_ever_do_not_outlive_the_total(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.drip(b"3\r\n:\n\n\r\n" * 10_000, every_s=0.005, piece=8)

    upstream.will(script)
    with pytest.raises(DeadlineExceededError, match="the whole answer"):
        await asyncio.wait_for(client.ask(TEXT, replace(PATIENT, total_s=0.3)), 5)


async def test_33_first_token_too_late(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.until_gone()

    upstream.will(script)
    with pytest.raises(DeadlineExceededError, match="the first byte"):
        await client.ask(TEXT, replace(PATIENT, first_byte_s=0.1))


async def test_34_stalls_in_the_middle(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text("a +"))
        await visit.until_gone()

    upstream.will(script)
    answer = Answer()
    with pytest.raises(DeadlineExceededError, match="the next bytes"):
        await client.ask(TEXT, replace(PATIENT, idle_s=0.05), into=answer)
    assert answer.text == "a +"


async def test_35_reset_in_the_middle(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text("a +"))
        await read.wait()
        visit.reset()

    read = asyncio.Event()
    upstream.will(script)
    texts = []
    with pytest.raises(StreamInterruptedError):  # noqa: PT012 - the reset waits for the first delta
        async with aclosing(client.stream(TEXT)) as deltas:
            async for delta in deltas:
                texts.append(delta.text)
                read.set()
    assert texts == ["a +"]


async def test_36_ends_with_a_finish_reason_only(upstream: Upstream, client: Client) -> None:
    upstream.will(saying(TEXT.text("a"), TEXT.frame(openai_text("", "stop"))))
    assert (await client.ask(TEXT)).finish is Finish.STOP


async def test_36_ends_with_the_end_mark_only(upstream: Upstream, client: Client) -> None:
    upstream.will(saying(TEXT.text("a"), b"data: [DONE]\n\n"))
    assert (await client.ask(TEXT)).text == "a"


async def test_37_ends_with_neither(upstream: Upstream, client: Client) -> None:
    upstream.will(saying(TEXT.text("a")))
    with pytest.raises(StreamInterruptedError):
        await client.ask(TEXT)


async def test_36_what_breaks_after_the_finish_does_not_matter(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text("a") + TEXT.frame(openai_text("", "stop")))
        visit.hang_up()

    upstream.will(script)
    assert (await client.ask(TEXT)).text == "a"


async def test_36_a_connection_left_open_after_the_finish(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text("a") + TEXT.end())
        await visit.until_gone()

    upstream.will(script)
    patient = replace(PATIENT, first_byte_s=60, idle_s=60, total_s=60, linger_s=0.01)
    assert (await asyncio.wait_for(client.ask(TEXT, patient), 5)).text == "a"


# Bytes and events


async def test_38_characters_and_json_cut_at_every_byte(upstream: Upstream, client: Client) -> None:
    content = TEXT.text("añ😀") + TEXT.end()
    upstream.will(saying(*[content[i : i + 1] for i in range(len(content))]))
    assert (await client.ask(TEXT)).text == "añ😀"


async def test_39_separators_of_unicode_in_strings(upstream: Upstream, client: Client) -> None:
    upstream.will(saying(TEXT.text("a\u2028b\u2029c\u0085d\x0be"), TEXT.end()))
    assert (await client.ask(TEXT)).text == "a\u2028b\u2029c\u0085d\x0be"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_40_events_as_the_standard_allows_them(
    upstream: Upstream, client: Client, line_end: str
) -> None:
    first = json.dumps(openai_text("a"), indent=1).split("\n")
    lines = [
        "\ufeff: a comment", "retry: 10", "id: 7", "event: completion", *[f"data:{part}" for part in first],
        "", ": keep-alive", "", f"data:{json.dumps(openai_text('b', 'stop'))}", "", "data:[DONE]", "", "",
    ]  # fmt: skip
    upstream.will(saying(line_end.join(lines).encode()))
    assert (await client.ask(TEXT)).text == "ab"


@pytest.mark.parametrize(
    "piece", [b'data: {"choices":[{"te\n\n', b"data: 7\n\n", b"data: " + b"[" * 9999 + b"\n\n"]
)
async def test_41_an_event_that_is_not_json(upstream: Upstream, client: Client, piece: bytes) -> None:
    upstream.will(saying(TEXT.text("a"), piece, TEXT.end()))
    answer = Answer()
    with pytest.raises(StreamInterruptedError):
        await client.ask(TEXT, into=answer)
    assert answer.text == "a"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"error": {"message": "Rate limit", "code": "rate_limit_exceeded"}}, RateLimitedError),
        ({"error": {"message": "no", "code": 401}}, UnauthorizedError),
        ({"error": "Input is overloaded", "error_type": "overloaded"}, RateLimitedError),
        ({"object": "error", "message": "maximum context length is 10", "code": 400}, ContextTooLongError),
        ({"error": {"message": "Internal"}}, UnavailableError),
    ],
)
@pytest.mark.parametrize("as_event", [True, False])
async def test_42_an_error_under_a_200(
    upstream: Upstream, client: Client, error: dict[str, object], kind: type[BackendError], as_event: bool
) -> None:
    script = saying(TEXT.frame(error)) if as_event else answering("200 OK", error)
    upstream.will(script, *([script] if kind is UnavailableError else []))
    with pytest.raises(kind):
        await client.ask(TEXT)


async def test_42_an_event_named_error(upstream: Upstream, client: Client) -> None:
    upstream.will(*[saying(b'event: error\ndata: {"message": "the worker died"}\n\n')] * 2)
    with pytest.raises(UnavailableError):
        await client.ask(TEXT)


@pytest.mark.parametrize("content_type", ["text/html", "", "application/json", EVENTS])
async def test_43_a_page_of_the_network(upstream: Upstream, client: Client, content_type: str) -> None:
    upstream.will(answering("200 OK", b"\n<!doctype html><title>Please log in</title>", content_type))
    with pytest.raises(BadAnswerError, match="login page"):
        await client.ask(TEXT)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", EVENTS])
async def test_44_a_document_for_a_stream(upstream: Upstream, client: Client, content_type: str) -> None:
    upstream.will(answering("200 OK", TEXT.whole("a + b"), content_type))
    answer = await client.ask(TEXT)
    assert (answer.text, answer.finish) == ("a + b", Finish.STOP)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
async def test_44_a_stream_for_a_document(upstream: Upstream, client: Client, content_type: str) -> None:
    upstream.will(saying(TEXT.text("a +"), TEXT.text(" b"), TEXT.end(), content_type=content_type))
    assert (await client.ask(TEXT, stream=False)).text == "a + b"
    assert upstream.heard[0].body["stream"] is False


# Refusals


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        ("400 Bad", {"error": {"message": "Unsupported parameter: 'stop'", "param": "stop"}}),
        ("400 Bad", {"error": "Unrecognized request argument supplied: stop"}),
        ("422 No", {"detail": [{"loc": ["body", "stop"], "msg": "extra fields not permitted"}]}),
    ],
)
async def test_45_a_parameter_that_is_not_supported(
    upstream: Upstream, client: Client, status: str, complaint: dict[str, object]
) -> None:
    upstream.will(answering(status, complaint), well, well)
    assert (await client.ask(TEXT)).text == "a + b"
    await client.ask(TEXT)
    assert ["stop" in heard.body for heard in upstream.heard] == [True, False, False]


async def test_45_only_once_and_only_what_can_be_left_out(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("400 Bad", {"error": "unknown parameter: max_tokens"}))
    with pytest.raises(RequestRejectedError):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


async def test_45_a_parameter_that_has_another_name(upstream: Upstream, client: Client) -> None:
    message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    upstream.will(
        answering("400 Bad", {"error": {"message": message, "param": "max_tokens"}}),
        lambda visit: TALK.tell(visit, "a"),
    )
    assert (await client.ask(TALK)).text == "a"
    assert "max_tokens" not in upstream.heard[1].body
    assert upstream.heard[1].body["max_completion_tokens"] == 16


async def test_45_a_complaint_that_only_uses_the_word(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("400 Bad", {"error": "roles must alternate until the stop"}))
    with pytest.raises(RequestRejectedError):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


@pytest.mark.parametrize(
    ("status", "kind", "page"),
    [
        ("401 Unauthorized", UnauthorizedError, "settings/tokens"),
        ("403 Forbidden", ForbiddenError, "settings/tokens"),
        ("402 Payment Required", PaymentRequiredError, "settings/billing"),
    ],
)
async def test_46_and_47_a_refused_token(
    upstream: Upstream, client: Client, status: str, kind: type[BackendError], page: str
) -> None:
    upstream.will(answering(status, {"error": "You have depleted your monthly included credits."}))
    client.endpoint = replace(client.endpoint, name="hf")
    with pytest.raises(kind, match=page):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


NOT_SUPPORTED = {
    "error": {
        "message": "The requested model 'm' is not supported by any provider you have enabled.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_supported",
    }
}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", b"Not Found"),
        ("400 Bad Request", NOT_SUPPORTED),
        ("404 Not Found", {"error": "model 'm' not found, try pulling it first"}),
        ("410 Gone", b"<html>gone</html>"),
    ],
)
async def test_48_a_model_that_nobody_serves(
    upstream: Upstream, client: Client, status: str, body: object
) -> None:
    upstream.will(answering(status, body))
    with pytest.raises(ModelNotServedError, match="serve m") as failure:
        await client.ask(TEXT)
    assert failure.value.model == "m"


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        ("413 Too Large", b""),
        ("400 Bad", {"error": {"code": 400, "message": "no", "type": "exceed_context_size_error"}}),
        ("400 Bad", {"error": {"message": "This model's maximum context length is 8192 tokens."}}),
        ("400 Bad", {"error": {"message": "Prompt too long", "code": "context_length_exceeded"}}),
        (
            "422 No",
            {
                "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
                "error_type": "validation",
            },
        ),
    ],
)
async def test_49_a_prompt_that_is_too_long(
    upstream: Upstream, client: Client, status: str, complaint: object
) -> None:
    upstream.will(answering(status, complaint))
    with pytest.raises(ContextTooLongError):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


async def test_49_another_validation_error_is_not_about_length(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("422 No", {"error": "Input validation error: `top_p` must be > 0.0"}))
    with pytest.raises(RequestRejectedError):
        await client.ask(TEXT)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": formatdate(usegmt=True)}, 0),
        ({"retry_after": "Fri, 01 Jan 2100 00:00:00 GMT"}, 60),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"RateLimit": '"api";r=0;t=55'}, 55),
        ({"RateLimit": '"api";r=3;t=55'}, None),
        ({}, None),
        ({"retry_after": "1e9"}, 60),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
    ],
)
async def test_50_every_form_of_retry_after(
    upstream: Upstream, client: Client, headers: dict[str, str], wait_s: float | None
) -> None:
    upstream.will(answering("429 Too Many", {"error": "slow down"}, **headers))
    with pytest.raises(RateLimitedError) as failure:
        await client.ask(TEXT)
    assert failure.value.retry_after_s == wait_s
    assert len(upstream.heard) == 1


@pytest.mark.parametrize("status", ["500 E", "502 E", "503 E", "504 E", "529 E"])
async def test_51_a_server_that_fails_once(upstream: Upstream, client: Client, status: str) -> None:
    upstream.will(answering(status, b"<html>Bad gateway</html>", "text/html"), well)
    assert (await client.ask(TEXT)).text == "a + b"


async def test_51_a_server_that_fails_twice_is_not_asked_again(upstream: Upstream, client: Client) -> None:
    upstream.will(*[answering("502 E", b"")] * 2)
    with pytest.raises(UnavailableError):
        await client.ask(TEXT)


async def test_51_no_second_try_that_would_come_too_late(upstream: Upstream, client: Client) -> None:
    upstream.will(answering("503 E", {"error": "busy"}, retry_after="30"))
    with pytest.raises(UnavailableError):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


@pytest.mark.parametrize(
    ("body", "wait_s"),
    [
        ({"error": "Model m is currently loading", "estimated_time": 20.0}, 20.0),
        ({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, None),
        ({"error": "Model m is currently loading", "estimated_time": 1e12}, 60.0),
    ],
)
async def test_52_a_model_that_is_loading(
    upstream: Upstream, client: Client, body: dict[str, object], wait_s: float | None
) -> None:
    upstream.will(answering("503 Unavailable", body))
    with pytest.raises(ModelLoadingError) as failure:
        await client.ask(TEXT)
    assert failure.value.retry_after_s == wait_s


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
async def test_53_redirects_are_not_followed(upstream: Upstream, client: Client, status: str) -> None:
    async with serving() as elsewhere:
        upstream.will(answering(status, b"", Location=f"{elsewhere.origin}/v1/completions"))
        with pytest.raises(BadAnswerError):
            await client.ask(TEXT)
        assert elsewhere.opened == 0


async def test_53_cookies_are_not_kept(upstream: Upstream, client: Client) -> None:
    upstream.will(saying(TEXT.end(), Set_Cookie="session=1; Path=/"), well)
    await client.ask(TEXT)
    await client.ask(TEXT)
    assert "cookie" not in upstream.heard[1].headers


async def test_54_a_compressed_bomb(upstream: Upstream, client: Client) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    upstream.will(saying(bomb, content_type="application/json", Content_Encoding="gzip"))
    with pytest.raises(BadAnswerError, match="unpacks to more"):
        await client.ask(TEXT)


async def test_54_compression_that_was_not_asked_for_is_read(upstream: Upstream, client: Client) -> None:
    content = gzip.compress(TEXT.text("a") + TEXT.end())
    upstream.will(saying(content[:20], content[20:], Content_Encoding="gzip"))
    assert (await client.ask(TEXT)).text == "a"
    assert upstream.heard[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("piece", [b":" + b"x" * 65_000 + b"\n\n", b"x" * 65_000, b" " * 65_000])
async def test_54_a_stream_and_a_line_without_end(upstream: Upstream, client: Client, piece: bytes) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await flood(visit, piece)

    upstream.will(script)
    with pytest.raises(BadAnswerError, match="longer than"):
        await client.ask(TEXT)


async def test_54_headers_without_end(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await visit.send(b"X-More: " + b"x" * 4000 + b"\r\n")

    upstream.will(script)
    with pytest.raises(BadAnswerError, match="HTTP"):
        await client.ask(TEXT)


# Odd content


@pytest.mark.parametrize(
    "payload",
    [
        {"choices": []},
        {"choices": None},
        {},
        {"choices": [{"index": 1, "delta": {"content": "another choice"}}]},
        {"choices": [{"index": 0, "delta": {"content": None}}]},
        {"choices": [{"index": 0, "delta": {}}]},
        {"choices": [{"index": 0}]},
        {"choices": ["text"]},
        {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": "f"}}]}}]},
    ],
)
async def test_56_events_without_text(upstream: Upstream, client: Client, payload: dict[str, object]) -> None:
    upstream.will(saying(TALK.frame(payload), TALK.text("a"), TALK.frame(payload), TALK.end()))
    assert (await client.ask(TALK)).text == "a"


async def test_56_choices_out_of_order(upstream: Upstream, client: Client) -> None:
    both = {"choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]}
    upstream.will(saying(TALK.frame(both), TALK.end()))
    assert (await client.ask(TALK)).text == "a"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
async def test_56_reasoning_is_kept_apart(upstream: Upstream, client: Client, name: str) -> None:
    thought = {"choices": [{"index": 0, "delta": {name: "hm"}}]}
    upstream.will(saying(TALK.frame(thought), TALK.text("a"), TALK.end()))
    answer = await client.ask(TALK)
    assert (answer.reasoning, answer.text) == ("hm", "a")


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("stop", Finish.STOP), ("eos_token", Finish.STOP), ("length", Finish.LENGTH),
        ("content_filter", Finish.FILTERED), ("tool_calls", Finish.TOOL), ("something new", Finish.STOP),
    ],
)  # fmt: skip
async def test_57_every_reason_to_finish(
    upstream: Upstream, client: Client, word: str, finish: Finish
) -> None:
    upstream.will(saying(TALK.text("a"), TALK.frame(openai_chat(None, word)), b"data: [DONE]\n\n"))
    assert (await client.ask(TALK)).finish is finish


# Time and sleep


async def test_61_after_a_suspension_a_new_connection_is_used(upstream: Upstream, client: Client) -> None:
    clock = {"wall": 1000.0}
    client.connections = Connections(monotonic=lambda: 5.0, wall=lambda: clock["wall"])
    upstream.will(well, well)
    await client.ask(TEXT)
    clock["wall"] += 3600
    await client.ask(TEXT)
    assert upstream.opened == 2


async def test_62_a_wrong_clock_changes_no_deadline(
    upstream: Upstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 4e9)
    upstream.will(well)
    assert (await client.ask(TEXT)).text == "a + b"


async def test_63_an_idle_connection_closed_as_the_request_is_sent(
    upstream: Upstream, client: Client
) -> None:
    async def hang_up(visit: Visit) -> None:
        visit.hang_up()

    upstream.will(well, hang_up, well)
    await client.ask(TEXT)
    assert (await client.ask(TEXT)).text == "a + b"
    assert len(upstream.heard) == 3


async def test_63_an_idle_connection_reset_as_the_request_is_sent(upstream: Upstream, client: Client) -> None:
    async def reset(visit: Visit) -> None:
        visit.reset()

    upstream.will(well, reset, well)
    await client.ask(TEXT)
    assert (await client.ask(TEXT)).text == "a + b"


async def test_63_the_second_try_goes_over_a_new_connection(upstream: Upstream, client: Client) -> None:
    """Where one idle connection has died in its sleep, so have the others."""
    both_asked = asyncio.Event()

    async def together(visit: Visit) -> None:
        await both_asked.wait()
        await well(visit)

    async def hang_up(visit: Visit) -> None:
        visit.hang_up()

    upstream.will(together, together, hang_up, well)
    asking = [asyncio.create_task(client.ask(TEXT)) for _ in range(2)]
    await upstream.heard_requests(2)
    both_asked.set()
    await asyncio.gather(*asking)
    assert (await client.ask(TEXT)).text == "a + b"
    assert upstream.opened == 3


async def test_63_no_second_try_once_text_has_arrived(upstream: Upstream, client: Client) -> None:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text("a"))
        visit.hang_up()

    upstream.will(script)
    with pytest.raises(StreamInterruptedError):
        await client.ask(TEXT)
    assert len(upstream.heard) == 1


# What is not the network's fault


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("501 No", {"error": {"message": "Infill is not supported by this model: prefix token is missing."}}),
        ("400 No", {"error": "registry.ollama.ai/library/x does not support insert"}),
        ("400 No", {"error": "suffix is not currently supported"}),
    ],
)
async def test_a_model_that_cannot_fill_a_hole(
    upstream: Upstream, client: Client, status: str, body: dict[str, object]
) -> None:
    upstream.will(answering(status, body))
    with pytest.raises(FillUnsupportedError):
        await client.ask(SPOKEN[2])


async def test_a_dialect_without_a_route_for_the_prompt_says_so_without_asking(client: Client) -> None:
    with pytest.raises(FillUnsupportedError):
        await client.ask(replace(SPOKEN[6], prompt=SPOKEN[0].prompt))


async def test_a_dialect_that_does_not_exist(client: Client) -> None:
    client.endpoint = replace(client.endpoint, dialect="klingon")
    with pytest.raises(SettingsError, match="one of openai, llamacpp"):
        await client.ask(replace(TEXT, dialect="klingon"))


async def test_half_a_surrogate_pair_in_the_code_is_sent_as_a_question_mark(
    upstream: Upstream, client: Client
) -> None:
    upstream.will(well)
    await client.ask(TEXT, prompt=RawPrompt("a\ud83d"))
    assert upstream.heard[0].body["prompt"] == "a?"


async def test_the_provider_that_served_is_told_once(upstream: Upstream, client: Client) -> None:
    read = asyncio.Event()

    async def in_two(visit: Visit) -> None:
        await visit.head(content_type=EVENTS, X_Inference_Provider="groq")
        await visit.say(TALK.text("a"))
        await read.wait()
        await visit.say(TALK.end())
        await visit.end()

    upstream.will(in_two)
    answer = Answer()
    async with aclosing(client.stream(TALK)) as deltas:
        async for delta in deltas:
            answer.add(delta)
            read.set()
    assert [delta.served_by for delta in answer.deltas] == ["groq", ""]


async def test_what_comes_in_one_packet_is_one_delta(upstream: Upstream, client: Client) -> None:
    async def at_once(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        words = [TEXT.text(word) for word in ("a", " + ", "b")]
        await visit.send(b"".join(b"%x\r\n%b\r\n" % (len(word), word) for word in words))
        await visit.say(TEXT.end())
        await visit.end()

    upstream.will(at_once)
    answer = await client.ask(TEXT)
    assert answer.text == "a + b"
    assert answer.deltas[0].text == "a + b"


async def test_the_body_is_utf8_and_images_are_parts(upstream: Upstream, client: Client) -> None:
    upstream.will(lambda visit: TALK.tell(visit, "a"))
    message = replace(CHAT.messages[1], images=("data:image/png;base64,QUJD",))
    await client.ask(TALK, prompt=replace(CHAT, messages=(message,)))
    parts = upstream.heard[0].body["messages"][0]["content"]
    assert parts[1] == {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}}
