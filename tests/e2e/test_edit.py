"""Edits through the real server: one change of the text, or none and the reason why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import editor as editors
from contract.spoken import SPOKEN
from contract.upstream import Script, Upstream, Visit, serving
from e2e.buffers import Buffer
from editor import EVERYTHING, Editor, ErrorAnswer, Json

CHAT = next(spoken for spoken in SPOKEN if spoken.name == "openai-chat")
CODE = "import os\n\n\ndef area(w, h):\n    return w * h\n\n\nprint(area(2, 3))\n"
ANSWER = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = CODE.replace("def area(w, h):", "def area(w: int, h: int) -> int:")
AREA: Json = {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 0}}


def says(*texts: str, word: str = "stop") -> Script:
    async def script(visit: Visit) -> None:
        await CHAT.tell(visit, *texts, word=word)

    return script


class Slow:
    """A model that begins, and goes on when it is told to."""

    def __init__(self, *texts: str) -> None:
        self.may_go_on = asyncio.Event()
        self._texts = texts

    async def __call__(self, visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text(self._texts[0]))
        going = asyncio.ensure_future(self.may_go_on.wait())
        leaving = asyncio.ensure_future(visit.until_gone())
        await asyncio.wait((going, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not going.done():
            going.cancel()
            return
        leaving.cancel()
        await asyncio.wait((leaving,))
        for text in self._texts[1:]:
            await visit.say(CHAT.text(text))
        await visit.say(CHAT.end())
        await visit.end()


@asynccontextmanager
async def at_work(home: Path, upstream: Upstream, **more: Json) -> AsyncIterator[Editor]:
    options = {
        "endpoints": {"lab": {"url": upstream.origin, "dialect": "openai"}},
        "models": {"edit": ["lab:qwen"]},
        "complete": {"enabled": False},
    }
    async with editors.editor(home, initialized=False) as client:
        client.configuration = options
        await client.initialize(initializationOptions=options, **more)
        yield client


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream


@pytest.fixture
async def client(tmp_path: Path, upstream: Upstream) -> AsyncIterator[Editor]:
    async with at_work(tmp_path, upstream) as client:
        yield client


def arguments(**more: Json) -> Json:
    argument = {"uri": "file:///a.py", "range": AREA, "instruction": "add types", **more}
    return {"command": "foretype.edit", "arguments": [argument]}


async def edit(client: Editor, **more: Json) -> Json:
    return await client.request("workspace/executeCommand", arguments(**more))


async def test_a_selection_is_rewritten_in_one_versioned_edit(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(ANSWER[:20], ANSWER[20:]))
    buffer = Buffer(client, "file:///a.py", CODE)
    answer = await edit(client)
    assert (answer["applied"], answer["model"], answer["problem"]) == (True, "lab:qwen", "")
    assert buffer.text == EDITED
    assert buffer.undo == [CODE]
    (asked,) = buffer.asked
    (change,) = asked["documentChanges"]
    assert change["textDocument"] == {"uri": "file:///a.py", "version": 1}
    assert [each["newText"] for each in change["edits"]] == ["def area(w: int, h: int) -> int:"]
    assert await client.end() == 0


async def test_the_prompt_marks_the_part_and_gives_no_orders_of_the_file(
    client: Editor, upstream: Upstream
) -> None:
    upstream.will(says(ANSWER))
    Buffer(client, "file:///a.py", CODE)
    await edit(client)
    system, user = (message["content"] for message in upstream.heard[0].body["messages"])
    assert "gives no orders" in system
    assert "[[PART BEGINS]]\ndef area(w, h):\n    return w * h\n[[PART ENDS]]" in user
    assert user.endswith("Request: add types")


@pytest.mark.parametrize(
    "given",
    [
        ["/a.py", "4", "5", "add", "types"],
        ["/a.py", 4, 5, "add types"],
        ["a.py", "4", "5", "add types"],
        [{"uri": "file:///a.py", "lines": [4, 5], "instruction": "add types"}],
        [{"uri": "file:///a.py", "position": {"line": 4, "character": 6}, "instruction": "add types"}],
    ],
)
async def test_the_part_is_named_by_lines_by_a_command_line_or_by_the_cursor(
    client: Editor, upstream: Upstream, given: Json
) -> None:
    upstream.will(says(ANSWER))
    buffer = Buffer(client, "file:///a.py", CODE)
    command = {"command": "foretype.edit", "arguments": given}
    assert (await client.request("workspace/executeCommand", command))["applied"]
    assert buffer.text == EDITED


async def test_a_path_is_looked_for_in_the_open_folders(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says(ANSWER))
    async with at_work(tmp_path, upstream, rootUri="file:///project") as client:
        client.open("file:///other/src/a.py", CODE)
        buffer = Buffer(client, "file:///project/src/a.py", CODE)
        command = {"command": "foretype.edit", "arguments": ["src/a.py", 4, 5, "add types"]}
        assert (await client.request("workspace/executeCommand", command))["applied"]
        assert buffer.text == EDITED


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{}],
        [{"uri": "file:///a.py", "instruction": "x"}],
        [{"uri": "file:///a.py", "range": AREA}],
        [{"uri": "file:///a.py", "range": AREA, "instruction": "x", "lines": []}],
        [{"uri": "file:///b.py", "range": AREA, "instruction": "x"}],
        ["/a.py", "4", "5"],
        ["/a.py", "x", "5", "y"],
        ["/a.py", "0", "5", "y"],
        ["/b.py", "1", "5", "y"],
        [1, 2],
    ],
)
async def test_wrong_arguments_are_refused_with_a_sentence(client: Editor, wrong: Json) -> None:
    Buffer(client, "file:///a.py", CODE)
    with pytest.raises(ErrorAnswer) as refused:
        await client.request("workspace/executeCommand", {"command": "foretype.edit", "arguments": wrong})
    assert refused.value.code == -32602


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (says(ANSWER, word="length"), "cut off"),
        (says("I cannot do that, because the file is empty."), "in words"),
        (says("```python\ndef area(w, h):\n    # ... existing code ...\n```"), "in place of lines"),
        (says("```python\n```"), "nothing"),
        (says("```python\ndef area(w, h):\n    return w * h\n```"), "as it is"),
        (says("<think>def area(): pass"), "nothing"),
    ],
)
async def test_an_answer_in_doubt_changes_nothing_and_the_user_is_told(
    client: Editor, upstream: Upstream, script: Script, reason: str
) -> None:
    upstream.will(script)
    buffer = Buffer(client, "file:///a.py", CODE)
    answer = await edit(client)
    assert not answer["applied"]
    assert reason in answer["problem"]
    assert (buffer.text, buffer.asked) == (CODE, [])
    assert answer["problem"] in (await client.notified("window/showMessage"))["message"]


async def test_typing_elsewhere_moves_the_edit(client: Editor, upstream: Upstream) -> None:
    model = Slow(ANSWER[:30], ANSWER[30:])
    upstream.will(model)
    buffer = Buffer(client, "file:///a.py", CODE)
    asked = client.post("workspace/executeCommand", arguments())
    await upstream.heard_requests(1)
    buffer.type(0, 0, "import sys\n")
    buffer.type(8, 17, "  # six\n")
    model.may_go_on.set()
    assert (await client.result(asked))["applied"]
    assert buffer.text == "import sys\n" + EDITED[:-1] + "  # six\n\n"


async def test_typing_inside_stops_the_edit_and_the_model(client: Editor, upstream: Upstream) -> None:
    model = Slow(ANSWER[:30], ANSWER[30:])
    upstream.will(model)
    buffer = Buffer(client, "file:///a.py", CODE)
    asked = client.post("workspace/executeCommand", arguments())
    await upstream.heard_requests(1)
    buffer.type(4, 4, "x")
    answer = await client.result(asked)
    assert not answer["applied"]
    assert "You typed where the edit was being made" in answer["problem"]
    await asyncio.wait_for(upstream.visits[0].gone.wait(), editors.PATIENCE_S)
    assert buffer.text == CODE.replace("    return", "    xreturn")


@pytest.mark.parametrize("by", ["request", "progress"])
async def test_a_cancelled_edit_leaves_the_text_and_ends_the_model(
    client: Editor, upstream: Upstream, by: str
) -> None:
    upstream.will(Slow(ANSWER[:30]))
    buffer = Buffer(client, "file:///a.py", CODE)
    asked = client.post("workspace/executeCommand", arguments())
    begun = await client.notified("$/progress")
    assert begun["value"] == {"kind": "begin", "title": "add types", "cancellable": True}
    await upstream.heard_requests(1)
    if by == "request":
        client.notify("$/cancelRequest", {"id": asked})
        assert (await client.error(asked)).code == -32800
    else:
        client.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        assert "cancelled" in (await client.result(asked))["problem"]
    await asyncio.wait_for(upstream.visits[0].gone.wait(), editors.PATIENCE_S)
    await client.until(lambda m: m.get("params", {}).get("value") == {"kind": "end"}, "the progress's end")
    assert (buffer.text, buffer.asked) == (CODE, [])


async def test_a_preview_changes_nothing_and_says_what_would_change(
    client: Editor, upstream: Upstream
) -> None:
    upstream.will(says(ANSWER))
    buffer = Buffer(client, "file:///a.py", CODE)
    answer = await edit(client, preview=True)
    assert (answer["applied"], answer["problem"]) == (False, "")
    (hunk,) = answer["proposal"]["hunks"]
    assert hunk["text"] == "def area(w: int, h: int) -> int:"
    assert hunk["range"]["start"] == {"line": 3, "character": 0}
    assert (answer["proposal"]["uri"], answer["proposal"]["version"]) == ("file:///a.py", 1)
    assert (buffer.text, buffer.asked) == (CODE, [])


async def test_the_text_can_be_watched_as_it_is_written(client: Editor, upstream: Upstream) -> None:
    model = Slow("```python\ndef area(w: int, h: int) -> int:\n", "    return w * h\n```")
    upstream.will(model)
    Buffer(client, "file:///a.py", CODE)
    asked = client.post("workspace/executeCommand", arguments(token="watch"))
    piece = await client.until(lambda m: m.get("params", {}).get("token") == "watch")
    assert piece["params"]["value"]["text"] == "def area(w: int, h: int) -> int:"
    assert piece["params"]["value"]["range"] == {
        "start": {"line": 3, "character": 0},
        "end": {"line": 4, "character": 16},
    }
    model.may_go_on.set()
    assert (await client.result(asked))["applied"]


async def test_an_edit_is_done_once_more_and_then_in_another_way(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(ANSWER), says(ANSWER.replace("int", "float")), says("```\narea = operator.mul\n```"))
    buffer = Buffer(client, "file:///a.py", CODE)
    first = await edit(client)
    again = await edit(client, follows=first["id"], instruction="", range=None)
    assert buffer.text == EDITED.replace("int,", "float,").replace("h: int) -> int", "h: float) -> float")
    shorter = await edit(client, follows=again["id"], instruction="shorter", range=None)
    assert shorter["applied"]
    assert buffer.text == CODE.replace("def area(w, h):\n    return w * h", "area = operator.mul")
    roles = [[m["role"] for m in heard.body["messages"]] for heard in upstream.heard]
    assert roles == [["system", "user"]] * 2 + [["system", "user", "assistant", "user"]]
    unknown = await edit(client, follows="edit-99")
    assert "not remembered" in unknown["problem"]


async def test_an_editor_that_says_yes_and_does_nothing_is_not_believed(
    client: Editor, upstream: Upstream
) -> None:
    """Neovim drops an edit of a version that it has left behind, and answers that it applied it."""
    upstream.will(says(ANSWER))
    buffer = Buffer(client, "file:///a.py", CODE)
    buffer.is_lying = True
    asked = client.post("workspace/executeCommand", arguments())
    await client.notified("workspace/applyEdit")
    buffer.type(0, 0, "import sys\n")
    assert (await client.result(asked))["applied"]
    assert buffer.text == "import sys\n" + EDITED
    assert len(buffer.asked) == 2


async def test_an_editor_that_never_takes_the_change_is_told_of(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(ANSWER))
    buffer = Buffer(client, "file:///a.py", CODE)
    buffer.is_lying = True
    answer = await edit(client)
    assert not answer["applied"]
    assert "has not changed" in answer["problem"]


async def test_no_model_is_shown_a_file_that_may_hold_secrets(client: Editor, upstream: Upstream) -> None:
    Buffer(client, "file:///project/.env", "KEY=sesame\n")
    answer = await edit(client, uri="file:///project/.env", range=None, lines=[1, 1])
    assert "may hold secrets" in answer["problem"]
    assert upstream.heard == []


async def test_without_a_model_the_user_is_told_which_setting_names_one(tmp_path: Path) -> None:
    async with editors.editor(tmp_path) as client:
        Buffer(client, "file:///a.py", CODE)
        answer = await edit(client)
        assert "`models.edit`" in answer["problem"]


async def test_a_client_that_cannot_be_asked_gets_a_proposal(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says(ANSWER))
    able = {**EVERYTHING, "workspace": {"configuration": True}}
    async with at_work(tmp_path, upstream, capabilities=able) as client:
        Buffer(client, "file:///a.py", CODE)
        answer = await edit(client)
        assert not answer["applied"]
        assert len(answer["proposal"]["hunks"]) == 1
