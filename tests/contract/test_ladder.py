"""The router's ladder, against a router that can do more or less."""

from __future__ import annotations

import stat
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Attempt, Rung, Served, attempts
from foretype.backends.probe import Standing, find_standing
from foretype.backends.standings import Standings
from foretype.backends.upstream import Upstream as Way
from foretype.backends.upstream import whole_text
from foretype.errors import OfflineError, RateLimitedError, UnauthorizedError

from contract.asking import PATIENT, Client
from contract.spoken import SPOKEN
from contract.test_faults import NOT_SUPPORTED, answering

if TYPE_CHECKING:
    from foretype.backends.request import Request

    from contract.upstream import Script, Upstream

TODAY = datetime(2026, 1, 2, tzinfo=timezone.utc)
QWEN = "Qwen/Qwen2.5-Coder-32B-Instruct"
SERVED = (
    Served("groq", "qwen-coder-groq"),
    Served("featherless-ai", "featherless/Qwen2.5-Coder"),
    Served("hf-inference", "ignored"),
    Served("together", "never tried"),
)
TEXT, TALK = SPOKEN[0], SPOKEN[1]


def continues(text: str) -> Script:
    return lambda visit: TEXT.tell(visit, text)


def says(text: str) -> Script:
    return lambda visit: TALK.tell(visit, text)


async def standing_of(client: Client, model: str, served: tuple[Served, ...] = SERVED) -> Standing:
    way = Way(connections=client.connections)

    async def ask(endpoint: Endpoint, request: Request) -> str:
        return await whole_text(way, endpoint, request, PATIENT)

    router = Endpoint("hf", client.endpoint.base_url, "openai")
    return await find_standing(ask, router, model, served, TODAY)


async def test_raw_text_where_a_provider_reads_the_familys_words(upstream: Upstream, client: Client) -> None:
    upstream.will(continues("a + b\n"))
    standing = await standing_of(client, QWEN)
    assert standing.attempt == Attempt(Rung.TEXT, "featherless-ai", "featherless/Qwen2.5-Coder")
    heard = upstream.heard[0]
    assert heard.path == "/featherless-ai/v1/completions"
    assert heard.body["model"] == "featherless/Qwen2.5-Coder"
    assert heard.body["prompt"].startswith("<|fim_prefix|>def add(a, b):")
    assert len(heard.body["stop"]) <= 4


@pytest.mark.parametrize(
    "wrong", ["<|fim_middle|>", "a + b\n\n\nassert add(2, 3) == 5", "a - b", "", "a + b<|file_sep|>"]
)
async def test_the_second_provider_where_the_first_takes_the_words_for_text(
    upstream: Upstream, client: Client, wrong: str
) -> None:
    upstream.will(continues(wrong), continues("a + b"))
    standing = await standing_of(client, QWEN)
    assert standing.attempt == Attempt(Rung.TEXT, "hf-inference", QWEN)
    assert upstream.heard[1].path == f"/hf-inference/models/{QWEN}/v1/completions"
    assert standing.passed_over == ("text through featherless-ai: the answer did not fit the hole.",)


async def test_an_answer_begun_for_the_model_where_no_provider_continues_text(
    upstream: Upstream, client: Client
) -> None:
    upstream.will(
        answering("404 Not Found", b"Not Found"), answering("400 Bad", NOT_SUPPORTED), says(" a + b")
    )
    standing = await standing_of(client, QWEN)
    assert standing.attempt == Attempt(Rung.BEGUN_CHAT, "", QWEN)
    body = upstream.heard[2].body
    assert upstream.heard[2].path == "/v1/chat/completions"
    assert body["messages"][-1] == {"role": "assistant", "content": "    return"}


async def test_a_conversation_where_the_begun_answer_is_started_over(
    upstream: Upstream, client: Client
) -> None:
    upstream.will(says("def add(a, b):\n    return a + b"), says("```python\na + b\n```"))
    standing = await standing_of(client, "openai/gpt-oss-120b:groq")
    assert standing.attempt == Attempt(Rung.CHAT, "groq", "openai/gpt-oss-120b:groq")
    assert upstream.heard[1].body["reasoning_effort"] == "none"


async def test_a_model_that_cannot_fill_says_so_with_reasons(upstream: Upstream, client: Client) -> None:
    upstream.will(says("Sure! Here is the function:"), says("I would write a + b here."))
    standing = await standing_of(client, "deepseek-ai/DeepSeek-R1")
    assert not standing.can_fill
    assert len(standing.passed_over) == 2


@pytest.mark.parametrize(("status", "kind"), [("401 No", UnauthorizedError), ("429 Slow", RateLimitedError)])
async def test_a_failure_of_the_moment_teaches_nothing(
    upstream: Upstream, client: Client, status: str, kind: type[Exception]
) -> None:
    upstream.will(answering(status, {"error": "no"}))
    with pytest.raises(kind):
        await standing_of(client, QWEN)


async def test_offline_teaches_nothing(client: Client, upstream: Upstream) -> None:
    client.endpoint = Endpoint("hf", "https://nobody.invalid", "openai")
    with pytest.raises(OfflineError):
        await standing_of(client, QWEN)


@pytest.mark.parametrize(
    ("model", "rungs"),
    [
        (QWEN, ["text", "text", "begun chat", "chat"]),
        (f"{QWEN}:cheapest", ["text", "text", "begun chat", "chat"]),
        (f"{QWEN}:together", ["text", "begun chat", "chat"]),
        (f"{QWEN}:groq", ["begun chat", "chat"]),
        ("deepseek-ai/deepseek-coder-33b-instruct", ["begun chat", "chat"]),
        ("deepseek-ai/deepseek-coder-33b-base", ["text", "text", "begun chat", "chat"]),
        ("bigcode/starcoder2-15b", ["text", "text", "begun chat", "chat"]),
    ],
)
def test_what_is_tried_for_a_model(model: str, rungs: list[str]) -> None:
    assert [attempt.rung.value for attempt in attempts(model, SERVED)] == rungs


# What is remembered


STANDING = Standing(QWEN, Attempt(Rung.TEXT, "together", "x"), TODAY, ("chat: why not",))
ORIGIN = "https://router.huggingface.co:443"


def test_a_standing_is_remembered_over_a_restart(tmp_path: Path) -> None:
    Standings(tmp_path / "cache").remember(ORIGIN, STANDING)
    again = Standings(tmp_path / "cache")
    assert again.known(ORIGIN, QWEN, TODAY) == STANDING
    assert again.known("https://mirror:443", QWEN, TODAY) is None
    assert again.all_of(QWEN) == [(ORIGIN, STANDING)]


@pytest.mark.parametrize(("rung", "days"), [(Rung.TEXT, 30), (Rung.NONE, 1)])
def test_a_standing_is_believed_for_a_while(tmp_path: Path, rung: Rung, days: int) -> None:
    standings = Standings(tmp_path)
    standings.remember(ORIGIN, Standing(QWEN, Attempt(rung, "", QWEN), TODAY))
    assert standings.known(ORIGIN, QWEN, TODAY + timedelta(days=days))
    assert not standings.known(ORIGIN, QWEN, TODAY + timedelta(days=days, seconds=1))
    assert not standings.known(ORIGIN, QWEN, TODAY - timedelta(seconds=1))


@pytest.mark.parametrize(("model", "provider"), [(QWEN, "no-longer-there"), ("acme/no-family", "together")])
def test_a_way_of_another_version_is_found_out_anew(tmp_path: Path, model: str, provider: str) -> None:
    standing = Standing(model, Attempt(Rung.TEXT, provider, "x"), TODAY)
    Standings(tmp_path).remember(ORIGIN, standing)
    assert Standings(tmp_path).known(ORIGIN, model, TODAY) is None


def test_what_is_held_or_forgotten_is_gone_after_a_restart(tmp_path: Path) -> None:
    standings = Standings(tmp_path)
    standings.remember(ORIGIN, STANDING)
    standings.forget(ORIGIN, QWEN)
    assert standings.known(ORIGIN, QWEN, TODAY) is None
    standings.hold(ORIGIN, STANDING)
    assert standings.known(ORIGIN, QWEN, TODAY) == STANDING
    assert Standings(tmp_path).known(ORIGIN, QWEN, TODAY) is None
    better = Standing(QWEN, Attempt(Rung.CHAT, "", QWEN), TODAY)
    standings.remember(ORIGIN, better)
    assert standings.known(ORIGIN, QWEN, TODAY) == better


def test_two_servers_do_not_forget_what_the_other_found_out(tmp_path: Path) -> None:
    one, other = Standings(tmp_path), Standings(tmp_path)
    one.remember(ORIGIN, STANDING)
    other.remember("https://mirror:443", STANDING)
    assert {origin for origin, _ in Standings(tmp_path).all_of(QWEN)} == {ORIGIN, "https://mirror:443"}


def test_without_a_cache_folder_a_standing_is_known_while_the_process_runs() -> None:
    standings = Standings(None)
    standings.remember(ORIGIN, STANDING)
    assert standings.known(ORIGIN, QWEN, TODAY) == STANDING


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"version": 2, "standings": []}', '{"version": 1, "standings": [{}]}',
     '{"version": 1, "standings": [7]}'],
)  # fmt: skip
def test_a_file_that_cannot_be_read_costs_a_probe_and_no_more(tmp_path: Path, content: str) -> None:
    (tmp_path / "router-standings.json").write_text(content)
    standings = Standings(tmp_path)
    assert standings.known(ORIGIN, QWEN, TODAY) is None
    standings.remember(ORIGIN, STANDING)
    assert Standings(tmp_path).known(ORIGIN, QWEN, TODAY) == STANDING


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    standings = Standings(tmp_path / "file")
    standings.remember(ORIGIN, STANDING)
    assert standings.known(ORIGIN, QWEN, TODAY) == STANDING


def test_the_file_is_its_owners_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    Standings(tmp_path).remember(ORIGIN, STANDING)
    (file,) = tmp_path.iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
