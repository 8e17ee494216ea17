"""Completions while the editor goes on: rows 13, 25 and 26 of the fault table, and editors of both kinds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from faults.typist import BLOCK, LINE, TEXT, Typist, heard, is_gone, no_request, typing

from contract.spoken import EVENTS
from contract.upstream import Script, Upstream, Visit
from editor import EVERYTHING, Json

URI = "file:///project/typed.py"
BEFORE = "def add(a, b):\n    return "
BURST = 10_000
MENUS_ONLY = {**EVERYTHING, "textDocument": {"synchronization": {}, "completion": {"contextSupport": True}}}
ASKS_ONCE = {**EVERYTHING, "textDocument": {"synchronization": {}, "completion": {}}}
# kakoune-lsp 21.0.2, in its own words: it asks at each pause, and writes what an entry is filtered by.
KAKOUNE_LSP = {
    "completionItem": {
        "commitCharactersSupport": False,
        "deprecatedSupport": False,
        "documentationFormat": ["markdown", "plaintext"],
        "preselectSupport": False,
        "resolveSupport": {"properties": ["additionalTextEdits", "detail", "documentation"]},
        "snippetSupport": True,
    },
    "completionItemKind": {"valueSet": list(range(1, 26))},
    "contextSupport": False,
    "dynamicRegistration": False,
}
ASKS_AT_PAUSES = {**EVERYTHING, "textDocument": {"synchronization": {}, "completion": KAKOUNE_LSP}}


async def endless(visit: Visit) -> None:
    """Begins to answer, and keeps the connection busy without another word."""
    await visit.head(content_type=EVENTS)
    await visit.say(TEXT.text("a + "))
    await visit.drip(b"3\r\n:\n\n\r\n" * 10_000, every_s=0.05, piece=8)


async def well(visit: Visit) -> None:
    await TEXT.tell(visit, "a", " + b")


def writing(text: str) -> Script:
    return lambda visit: TEXT.tell(visit, text)


def writing_late(text: str, may_answer: asyncio.Event) -> Script:
    async def late(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await may_answer.wait()
        await visit.say(TEXT.text(text) + TEXT.end())
        await visit.end()

    return late


def inserted(line: int, character: int, text: str) -> Json:
    place = {"line": line, "character": character}
    return {"range": {"start": place, "end": place}, "text": text}


def keep_typing(typist: Typist, text: str, first_version: int = 2) -> None:
    """One change for each character, behind what stands there."""
    for number, character in enumerate(text):
        change = inserted(1, len("    return ") + number, character)
        typist.client.change(URI, first_version + number, change)


async def test_13_cancelling_while_text_streams(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(endless)
    async with typing(tmp_path, upstream, deadline_ms=60_000) as typist:
        id = typist.post()
        visit = await heard(upstream, 1)
        typist.client.notify("$/cancelRequest", {"id": id})
        assert (await typist.client.error(id)).code == -32800
        await is_gone(visit)
        typist.is_told_nothing()


async def test_13_the_end_of_the_server_closes_what_streams(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(endless)
    async with typing(tmp_path, upstream, deadline_ms=60_000) as typist:
        id = typist.post()
        visit = await heard(upstream, 1)
        await typist.client.request("shutdown")
        assert (await typist.client.error(id)).code == -32800
        await is_gone(visit)
        typist.client.notify("exit")
        assert await typist.client.ended() == 0


async def test_25_a_document_that_changed_meanwhile_gets_nothing_at_the_old_place(
    tmp_path: Path, upstream: Upstream
) -> None:
    may_answer = asyncio.Event()

    async def late(visit: Visit) -> None:
        await may_answer.wait()
        await well(visit)

    upstream.will(late)
    async with typing(tmp_path, upstream) as typist:
        typist.client.open(URI, BEFORE)
        id = typist.ask_at(URI, BEFORE)
        await heard(upstream, 1)
        typist.client.change(URI, 2, inserted(0, 0, "# a line above\n"))
        assert await typist.client.is_alive()
        may_answer.set()
        assert await typist.answer(id) == []


async def test_25_what_was_typed_meanwhile_is_taken_off_the_suggestion(
    tmp_path: Path, upstream: Upstream
) -> None:
    may_answer = asyncio.Event()

    async def late(visit: Visit) -> None:
        await may_answer.wait()
        await well(visit)

    upstream.will(late)
    async with typing(tmp_path, upstream) as typist:
        typist.client.open(URI, BEFORE)
        first = typist.ask_at(URI, BEFORE)
        await heard(upstream, 1)
        keep_typing(typist, "a +")
        second = typist.ask_at(URI, BEFORE + "a +")
        assert await typist.answer(first) == []
        may_answer.set()
        assert await typist.answer(second) == [" b"]


async def test_25_a_newer_request_supersedes_without_a_cancellation(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(endless, well)
    async with typing(tmp_path, upstream, deadline_ms=60_000) as typist:
        typist.client.open(URI, BEFORE)
        first = typist.ask_at(URI, BEFORE)
        visit = await heard(upstream, 1)
        keep_typing(typist, "b - ")
        second = typist.ask_at(URI, BEFORE + "b - ")
        assert await typist.answer(first) == []
        await is_gone(visit)
        assert await typist.answer(second) == ["a + b"]


async def test_25_a_closed_document_gets_nothing(tmp_path: Path, upstream: Upstream) -> None:
    may_answer = asyncio.Event()

    async def late(visit: Visit) -> None:
        await may_answer.wait()
        await well(visit)

    upstream.will(late)
    async with typing(tmp_path, upstream) as typist:
        typist.client.open(URI, BEFORE)
        id = typist.ask_at(URI, BEFORE)
        await heard(upstream, 1)
        typist.client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert await typist.client.is_alive()
        may_answer.set()
        assert await typist.answer(id) == []
        assert await typist.answer(typist.ask_at(URI, BEFORE)) == []


async def test_26_a_burst_of_changes_and_one_question(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well)
    async with typing(tmp_path, upstream, debounce_ms="auto") as typist:
        typist.client.open(URI, BEFORE)
        keep_typing(typist, "x" * BURST)
        asked = BEFORE + "x" * BURST
        assert await typist.answer(typist.ask_at(URI, asked)) == ["a + b"]
        assert "x" * 5000 + "<|fim_suffix|>" in upstream.heard[0].body["prompt"]
    assert len(upstream.heard) == 1


async def test_26_a_burst_of_changes_each_with_its_question(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well)
    keys = "x" * 40
    async with typing(tmp_path, upstream, debounce_ms=500) as typist:
        typist.client.open(URI, BEFORE)
        ids = []
        for number in range(len(keys)):
            keep_typing(typist, keys[number], first_version=2 + number)
            ids.append(typist.ask_at(URI, BEFORE + keys[: number + 1]))
        answers = [await typist.answer(id) for id in ids]
        assert answers == [[]] * (len(keys) - 1) + [["a + b"]]
    assert len(upstream.heard) == 1


# Editors


async def test_an_editor_with_inline_completion(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well, well)
    async with typing(tmp_path, upstream) as typist:
        answer = await typist.client.result(typist.post("print(█)\n"))
        (item,) = answer["items"]
        assert item["insertText"] == "a + b"
        cursor = {"line": 1, "character": 6}
        assert item["range"] == {"start": cursor, "end": cursor}
        await typist.client.request("workspace/executeCommand", item["command"])
        status = await typist.client.request("workspace/executeCommand", {"command": "foretype.status"})
        assert status["suggestions"] == {"shown": 1, "accepted": 1, "rejected": 0}
        await heard(upstream, 2)
        assert (await typist.client.error(typist.client.post("textDocument/completion", {}))).code == -32601


async def test_what_follows_an_accepted_suggestion_is_there_when_it_is_asked_for(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(well, writing("\n    # done"))
    async with typing(tmp_path, upstream, debounce_ms=10_000) as typist:
        typist.client.open(URI, BEFORE)
        await typist.changes_settings(debounce_ms=0)
        (item,) = (await typist.client.result(typist.ask_at(URI, BEFORE)))["items"]
        await typist.changes_settings(debounce_ms=600_000)
        typist.client.change(URI, 2, inserted(1, len("    return "), "a + b"))
        await typist.client.request("workspace/executeCommand", item["command"])
        await heard(upstream, 2)
        with no_request(upstream):
            assert await typist.answer(typist.ask_at(URI, BEFORE + "a + b")) == ["\n    # done"]


async def test_what_follows_is_given_up_by_who_types_on_otherwise(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well, endless)
    async with typing(tmp_path, upstream, deadline_ms=60_000) as typist:
        typist.client.open(URI, BEFORE)
        (item,) = (await typist.client.result(typist.ask_at(URI, BEFORE)))["items"]
        await typist.client.request("workspace/executeCommand", item["command"])
        visit = await heard(upstream, 2)
        keep_typing(typist, "b -")
        await is_gone(visit)


async def test_three_ways_to_go_on_by_hand(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(well, writing("b + a"), writing("a + b"))
    async with typing(tmp_path, upstream) as typist:
        id = typist.post(LINE, kind=1)
        assert sorted(await typist.answer(id)) == ["a + b", "b + a"]
    temperatures = sorted(request.body["temperature"] for request in upstream.heard)
    assert temperatures[0] == 0
    assert temperatures[1] == temperatures[2] > 0


async def test_cancelled_by_hand_all_of_them_end(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(endless, endless, endless)
    async with typing(tmp_path, upstream, deadline_ms=60_000) as typist:
        id = typist.post(LINE, kind=1)
        visits = [await heard(upstream, number) for number in (1, 2, 3)]
        typist.client.notify("$/cancelRequest", {"id": id})
        for visit in visits:
            await is_gone(visit)


@pytest.mark.parametrize("taken", ["def", "def f():", "def f():\n    return"])
async def test_a_word_or_a_line_of_a_suggestion_can_be_taken(
    tmp_path: Path, upstream: Upstream, taken: str
) -> None:
    """The editor writes the part; the rest is there without another request."""
    whole = "def f():\n    return a"
    upstream.will(writing(whole))
    before = "import sys\n\n\n"
    async with typing(tmp_path, upstream) as typist:
        typist.client.open(URI, before)
        assert await typist.answer(typist.ask_at(URI, before)) == [whole]
        typist.client.change(URI, 2, inserted(3, 0, taken))
        with no_request(upstream):
            assert await typist.answer(typist.ask_at(URI, before + taken)) == [whole.removeprefix(taken)]


async def menu_at(typist: Typist, before: str) -> Json:
    lines = before.split("\n")
    position = {"line": len(lines) - 1, "character": len(lines[-1])}
    params = {"textDocument": {"uri": URI}, "position": position}
    return await typist.client.request("textDocument/completion", params)


async def test_an_editor_without_inline_completion_never_has_a_slow_menu(
    tmp_path: Path, upstream: Upstream
) -> None:
    """While the model hangs the menu is there, empty; the question after its answer has it."""
    may_answer = asyncio.Event()
    upstream.will(writing_late("a + b", may_answer))
    async with typing(tmp_path, upstream, able=MENUS_ONLY) as typist:
        typist.client.open(URI, BEFORE)
        assert await menu_at(typist, BEFORE) == {"isIncomplete": True, "items": []}
        await heard(upstream, 1)
        may_answer.set()
        keep_typing(typist, "a")

        async def is_offered() -> bool:
            return bool((await menu_at(typist, BEFORE + "a"))["items"])

        await typist.client.eventually(is_offered, "the suggestion in the menu")
        (item,) = (await menu_at(typist, BEFORE + "a"))["items"]
        assert item["textEdit"]["newText"] == "a + b"
        assert item["textEdit"]["range"]["start"] == {"line": 1, "character": len("    return ")}
        assert item["textEdit"]["range"]["end"] == {"line": 1, "character": len("    return a")}
        assert item["filterText"] == "a"
        assert (
            await typist.client.error(typist.client.post("textDocument/inlineCompletion", {}))
        ).code == -32601
    assert len(upstream.heard) == 1


async def test_an_editor_that_asks_once_for_a_word_has_the_answer_of_a_slow_model(
    tmp_path: Path, upstream: Upstream
) -> None:
    """Kate asks when a word begins, keeps what comes, and filters it by what has been typed since."""
    may_answer = asyncio.Event()
    upstream.will(writing_late("nt(a)", may_answer))
    async with typing(tmp_path, upstream, able=ASKS_ONCE) as typist:
        typist.client.open(URI, BEFORE + "pri")
        asking = asyncio.ensure_future(menu_at(typist, BEFORE + "pri"))
        await heard(upstream, 1)
        typist.client.change(URI, 2, inserted(1, len("    return pri"), "n"))
        may_answer.set()
        (item,) = (await asking)["items"]
        assert item["textEdit"]["newText"] == "print(a)"
        assert item["textEdit"]["range"]["end"] == {"line": 1, "character": len("    return prin")}
    assert len(upstream.heard) == 1


async def test_an_editor_that_puts_its_question_once_more_has_the_answer_of_a_slow_model(
    tmp_path: Path, upstream: Upstream
) -> None:
    """kakoune-lsp shows nothing of all servers before each has answered, and asks at a pause, not again."""
    may_answer = asyncio.Event()
    upstream.will(writing_late("nt(a)", may_answer))
    async with typing(tmp_path, upstream, able=ASKS_AT_PAUSES) as typist:
        typist.client.open(URI, BEFORE + "pri")
        assert await menu_at(typist, BEFORE + "pri") == {"isIncomplete": True, "items": []}
        asking = asyncio.ensure_future(menu_at(typist, BEFORE + "pri"))
        await heard(upstream, 1)
        may_answer.set()
        (item,) = (await asking)["items"]
        assert item["textEdit"]["newText"] == "print(a)"
    assert len(upstream.heard) == 1


async def test_what_would_be_taken_for_a_snippet_is_filtered_by_all_that_it_writes(
    tmp_path: Path, upstream: Upstream
) -> None:
    """Where the two differ, kakoune-lsp writes the filter, and then the text as a snippet: without `${x}`."""
    upstream.will(writing("nt('${x} $1')"))
    async with typing(tmp_path, upstream, able=ASKS_AT_PAUSES) as typist:
        typist.client.open(URI, BEFORE + "pri")
        await menu_at(typist, BEFORE + "pri")
        (item,) = (await menu_at(typist, BEFORE + "pri"))["items"]
        assert item["textEdit"]["newText"] == item["filterText"] == "print('${x} $1')"


async def test_a_menu_whose_model_fails_is_empty(tmp_path: Path, upstream: Upstream) -> None:
    async def refuse(visit: Visit) -> None:
        await visit.answer("401 Unauthorized", b"{}")

    upstream.will(refuse)
    async with typing(tmp_path, upstream, able=MENUS_ONLY) as typist:
        typist.client.open(URI, BEFORE)
        for _ in range(3):
            assert await menu_at(typist, BEFORE) == {"isIncomplete": True, "items": []}
        typist.is_told_once("did not accept its key")


@pytest.mark.parametrize(
    ("marked", "written", "seen"),
    [(LINE, "a + b\nc", "a + b"), (BLOCK, "c = a\n    return c\n\n\ndef f():", "c = a\n    return c")],
    ids=["one line", "a block"],
)
async def test_the_model_is_stopped_where_the_hole_ends(
    tmp_path: Path, upstream: Upstream, marked: str, written: str, seen: str
) -> None:
    async def never_ends(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(TEXT.text(written + "\n"))
        await visit.until_gone()

    upstream.will(never_ends)
    async with typing(tmp_path, upstream) as typist:
        await typist.sees(seen, at=marked)
        await is_gone(upstream.visits[0])
