"""What is sent along, images, long conversations, and what survives."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from contract.upstream import Upstream, serving
from e2e.chatting import ask, at_work, begins, command, pieces, said_to_model, says, text_of
from editor import Editor, Json

PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwC"
ORDERS = "import os\n\n\ndef load_orders(path):\n    return read(path)\n"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("Fine."))
        yield upstream


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "orders.py").write_text(ORDERS)
    (folder / "my notes.txt").write_text("remember the milk\n")
    return folder


def git(folder: Path, *arguments: str) -> None:
    names = {
        f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    command = ["git", "-C", str(folder), *arguments]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **names},
    )


def range_of(first: int, last: int) -> Json:
    return {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}


async def test_everything_is_sent_by_name_and_said(tmp_path: Path, upstream: Upstream, project: Path) -> None:
    async with at_work(tmp_path, upstream, rootUri=project.as_uri()) as client:
        uri = (project / "new.py").as_uri()
        client.open(uri, "a = 1\nb = 2\nc = 3\n")
        where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}}
        problem = {"range": where, "message": "b is unused", "severity": 2, "source": "lint"}
        context = {"diagnostics": [problem]}
        await client.request(
            "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": where, "context": context}
        )
        text = '@selection @file "my notes.txt" @diagnostics what of these? @terminal\n```\n$ make\nboom\n```'
        await ask(client, text, uri=uri, range=range_of(1, 2))
        (sent,) = (piece["items"] for piece in pieces(client, "context"))
        assert [item["name"] for item in sent] == ["new.py:2-3", "my notes.txt", "diagnostics", "terminal"]
        assert all(item["tokens"] > 0 for item in sent)
        prompt = upstream.heard[0].body["messages"][1]["content"]
        for words in (
            "b = 2\n",
            "remember the milk",
            "new.py:2: warning: b is unused (lint)",
            "$ make\nboom",
        ):
            assert prompt.count(words) == 1
        assert "a = 1" not in prompt
        assert pieces(client, "note") == []
        (listed,) = await command(client, "conversations", action="list")
        opened = await command(client, "conversations", action="open", id=listed["id"])
        assert opened["turns"][0]["sent"] == sent
        assert opened["turns"][0]["text"] == text


async def test_names_in_a_question_bring_their_code_along(
    tmp_path: Path, upstream: Upstream, project: Path
) -> None:
    async with at_work(tmp_path, upstream, rootUri=project.as_uri()) as client:
        await ask(client, "What does load_orders return?")
        assert "def load_orders(path):" in said_to_model(upstream.visits[0])
        assert pieces(client, "context")[0]["items"][0]["name"] == "orders.py:1-6"
        client.configuration = {**client.configuration, "context": {"enabled": False}}
        client.notify("workspace/didChangeConfiguration", {"settings": {}})
        await client.eventually(partial(has_asked_again, client), "the question for the settings")
        await ask(client, "And load_orders here?", partialResultToken="second")
        assert pieces(client, "context", "second") == []


async def has_asked_again(client: Editor) -> bool:
    return len(client.all("workspace/configuration")) > 1


async def test_what_is_not_there_is_said(tmp_path: Path, upstream: Upstream) -> None:
    async with at_work(tmp_path, upstream) as client:
        await ask(client, "@selection @file nope.py @diagnostics @diff @terminal what?")
        notes = [note["text"] for note in pieces(client, "note")]
    assert [note.split(" ")[0] for note in notes] == ["Nothing", "There", "No", "No", "Paste"]


async def test_a_commit_message_from_the_diff_without_running_anything(
    tmp_path: Path, upstream: Upstream, project: Path
) -> None:
    git(project, "init", "-q")
    (project / ".env").write_text("KEY=one\n")
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "one")
    touch = f"touch {tmp_path}/ran; cat"
    for name in ("filter.evil.clean", "diff.evil.textconv", "diff.external", "core.fsmonitor", "core.pager"):
        git(project, "config", name, touch)
    (project / ".env").write_text("KEY=sesame\n")
    (project / "orders.py").write_text(ORDERS.replace("read(", "read_all("))
    async with at_work(tmp_path, upstream, rootUri=project.as_uri()) as client:
        await ask(client, "/commit")
        assert pieces(client, "context")[0]["items"][0]["name"] == "git diff"
    said = said_to_model(upstream.visits[0])
    assert "+    return read_all(path)" in said
    assert "message for a commit" in said
    assert "sesame" not in said
    assert not (tmp_path / "ran").exists()


async def test_open_files_and_the_diff_are_sent_by_name(
    tmp_path: Path, upstream: Upstream, project: Path
) -> None:
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "one")
    (project / "orders.py").write_text(ORDERS.replace("read(", "read_all("))
    async with at_work(tmp_path, upstream, rootUri=project.as_uri()) as client:
        client.open((project / "a.py").as_uri(), "first = 1\n")
        client.open((project / "b.py").as_uri(), "second = 2\n")
        await ask(client, "@open @diff what of these?")
        (sent,) = (piece["items"] for piece in pieces(client, "context"))
    assert sorted(item["name"] for item in sent) == ["a.py", "b.py", "git diff"]
    prompt = upstream.heard[0].body["messages"][1]["content"]
    for words in ("first = 1", "second = 2", "+    return read_all(path)"):
        assert prompt.count(words) == 1


@pytest.mark.parametrize(
    ("name", "words"), [("summarize", "summarize this conversation"), ("suggest", "three questions")]
)
async def test_a_command_about_the_conversation_brings_nothing_else(
    tmp_path: Path, upstream: Upstream, name: str, words: str
) -> None:
    async with at_work(tmp_path, upstream) as client:
        first = await ask(client, "What is a heap?")
        await upstream.heard_requests(2)
        await ask(client, f"/{name}", conversation=first["conversation"], partialResultToken="b")
        assert pieces(client, "context", "b") == []
    said = upstream.heard[2].body["messages"]
    assert [message["role"] for message in said] == ["system", "user", "assistant", "user"]
    assert words in said[-1]["content"]


async def test_a_fix_begins_with_the_problems_that_the_editor_mentioned(
    tmp_path: Path, upstream: Upstream
) -> None:
    async with at_work(tmp_path, upstream) as client:
        client.open("file:///a.py", ORDERS)
        where = {"start": {"line": 4, "character": 11}, "end": {"line": 4, "character": 15}}
        context = {"diagnostics": [{"range": where, "message": "read is not defined", "severity": 1}]}
        params = {"textDocument": {"uri": "file:///a.py"}, "range": where, "context": context}
        await client.request("textDocument/codeAction", params)
        await ask(client, "/fix", uri="file:///a.py")
    prompt = upstream.heard[0].body["messages"][1]["content"]
    assert "def load_orders" in prompt
    assert "5: error: read is not defined" in prompt


@pytest.mark.parametrize("name", ["explain", "fix", "tests", "doc", "translate"])
async def test_a_command_brings_the_code_along(tmp_path: Path, upstream: Upstream, name: str) -> None:
    async with at_work(tmp_path, upstream) as client:
        client.open("file:///a.py", ORDERS)
        await ask(client, f"/{name} quickly", uri="file:///a.py")
    prompt = upstream.heard[0].body["messages"][1]["content"]
    assert "def load_orders" in prompt
    assert prompt.endswith("\n\nquickly")


async def test_model_and_clear_ask_nobody(tmp_path: Path, upstream: Upstream) -> None:
    async with at_work(tmp_path, upstream, "lab:talker", "lab:other") as client:
        first = await ask(client, "Hello")
        await upstream.heard_requests(2)
        chosen = await ask(client, "/model lab:other", conversation=first["conversation"])
        assert len(upstream.heard) == 2
        assert chosen["conversation"] == first["conversation"]
        answered = await ask(client, "Who?", conversation=first["conversation"])
        assert answered["model"] == "lab:other"
        assert upstream.heard[2].body["model"] == "other"
        cleared = await ask(client, "/clear", conversation=first["conversation"])
        assert cleared["conversation"] != first["conversation"]
        error = await client.error(client.post("foretype/chat", {"text": "/model lbb:x"}))
        assert "lbb" in error.message


async def test_a_model_without_eyes_is_asked_without_images(tmp_path: Path, upstream: Upstream) -> None:
    async def refuses(visit: Json) -> None:
        await visit.answer(
            "400 Bad Request", b'{"error": {"message": "image_url is not supported by this model"}}'
        )

    upstream.will(refuses, says("I see nothing."))
    async with at_work(tmp_path, upstream) as client:
        result = await ask(
            client, "What is this?", images=[PNG, "https://evil.test/a.png", "data:image/png;base64,AAAA"]
        )
        notes = [note["text"] for note in pieces(client, "note")]
        assert result["finish"] == "stop"
        assert client.all("window/showMessage") == []
    assert [part["type"] for part in upstream.heard[0].body["messages"][1]["content"]] == [
        "text",
        "image_url",
    ]
    assert upstream.heard[1].body["messages"][1]["content"] == "What is this?"
    assert [note.split(":")[0] for note in notes] == [
        "Image 2 is not sent",
        "Image 3 is not sent",
        "The model cannot see images",
    ]


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        ("400 Bad Request", '{"error": "registry/m does not support tools"}'),
        (
            "500 Internal Server Error",
            '{"error": {"code": 500, "message": "tools param requires --jinja flag"}}',
        ),
    ],
)
async def test_a_server_without_tools_is_asked_without_them(
    tmp_path: Path, upstream: Upstream, status: str, complaint: str
) -> None:
    async def refuses(visit: Json) -> None:
        await visit.answer(status, complaint.encode())

    upstream.will(refuses, says("Hello."))
    async with at_work(tmp_path, upstream) as client:
        first = await ask(client, "Hello")
        assert text_of(client) == "Hello."
        (note,) = pieces(client, "note")
        assert note["text"].startswith("lab takes no tools for talker")
        await upstream.heard_requests(3)
        await ask(client, "And?", conversation=first["conversation"], partialResultToken="b")
        assert pieces(client, "note", "b") == []
        assert client.all("window/showMessage") == []
    assert ["tools" in heard.body for heard in upstream.heard] == [True, False, False, False]


async def test_a_long_conversation_is_summed_up(tmp_path: Path, upstream: Upstream) -> None:
    words = "a long story about nothing " * 400
    async with at_work(tmp_path, upstream) as client:
        id = (await ask(client, f"{words} 0"))["conversation"]
        await upstream.heard_requests(2)
        for number in range(1, 9):
            result = await ask(client, f"{words} {number}", conversation=id)
            assert result["finish"] == "stop"
        notes = {note["text"] for note in pieces(client, "note")}
        assert notes == {"The older part of this conversation was summed up for the model, to make room."}
        opened = await command(client, "conversations", action="open", id=id)
        assert len(opened["turns"]) == 18
    assert "summed up:\\nFine." in said_to_model(upstream.visits[-1])
    assert max(len(said_to_model(visit)) for visit in upstream.visits) < 80_000


async def test_a_prompt_that_is_too_long_is_made_shorter(tmp_path: Path, upstream: Upstream) -> None:
    async def refuses(visit: Json) -> None:
        await visit.answer(
            "400 Bad Request", b'{"error": {"message": "maximum context length is 4096 tokens"}}'
        )

    words = "a long story about nothing " * 100
    async with at_work(tmp_path, upstream) as client:
        id = (await ask(client, words))["conversation"]
        await upstream.heard_requests(2)
        for _ in range(3):
            await ask(client, words, conversation=id)
        upstream.will(refuses, says("They told stories."), says("Right."))
        result = await ask(client, "And now?", conversation=id)
        assert result["finish"] == "stop"
    assert "They told stories." in said_to_model(upstream.visits[-1])


async def test_a_killed_server_loses_at_most_a_second(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(begins("The first line.\n", "The second line.\n"))
    async with at_work(tmp_path, upstream) as client:
        client.post("foretype/chat", {"partialResultToken": "t", "text": "Go"})
        await client.until(lambda m: "second line" in str(m), "the second line")
        await client.kill()
    async with at_work(tmp_path, upstream) as client:
        (listed,) = await command(client, "conversations", action="list")
        opened = await command(client, "conversations", action="open", id=listed["id"])
        assert opened["turns"][0]["text"] == "Go"
        assert [turn["finish"] for turn in opened["turns"][1:]] in ([], ["broken"])
        result = await ask(client, "", conversation=listed["id"], goes_on=True)
        assert result["finish"] == "stop"
    database = tmp_path / "foretype" / "state" / "conversations.db"
    assert {path.stat().st_mode & 0o777 for path in database.parent.glob("conversations.db*")} == {0o600}


async def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path, upstream: Upstream) -> None:
    (tmp_path / "foretype" / "state" / "conversations.db").mkdir(parents=True)
    async with at_work(tmp_path, upstream) as client:
        first = await ask(client, "One")
        second = await ask(client, "Two", conversation=first["conversation"], partialResultToken="b")
        assert text_of(client, token="b") == "Fine."
        assert second["turn"] == 4
        told = [params["message"] for params in client.all("window/showMessage")]
        assert len(told) == 1
        assert "Conversations are not kept at the moment" in told[0]
    assert "One" in said_to_model(upstream.visits[-1]) or "One" in said_to_model(upstream.visits[-2])


async def test_conversations_are_renamed_searched_exported_and_deleted(
    tmp_path: Path, upstream: Upstream
) -> None:
    async with at_work(tmp_path, upstream) as client:
        id = (await ask(client, "About 100% of apples"))["conversation"]
        await ask(client, "About pears", partialResultToken="b")
        await upstream.heard_requests(4)
        await command(client, "conversations", action="rename", id=id, text="Fruit\nfirst")
        found = await command(client, "conversations", action="search", text="100%")
        assert [row["title"] for row in found] == ["Fruit first"]
        exported = await command(client, "conversations", action="export", id=id)
        assert (
            exported
            == "# Fruit first\n\n## You\n\nAbout 100% of apples\n\n## Foretype · lab:talker\n\nFine.\n"
        )
        await command(client, "conversations", action="delete", id=id)
        assert len(await command(client, "conversations", action="list")) == 1
        params = {"command": "foretype.conversations", "arguments": [{"action": "open", "id": id}]}
        error = await client.error(client.post("workspace/executeCommand", params))
        assert (error.code, "There is no conversation" in error.message) == (-32602, True)
