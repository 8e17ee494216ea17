"""Chat in a Markdown document, as an editor sees it that knows LSP and nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from contract.upstream import Upstream, serving
from e2e.chatting import at_work, begins, breaks_off, command, said_to_model, says, speaks
from editor import Editor, Json


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("A title"))
        yield upstream


class Buffer:
    """The document as the editor has it: edits are applied to it, and come back as changes."""

    def __init__(self, client: Editor, uri: str, text: str) -> None:
        self.client, self.uri, self.text, self.version = client, uri, text, 1
        self.steps = 0
        client.answers["workspace/applyEdit"] = self.apply
        client.open(uri, text, "markdown")

    def apply(self, params: Json) -> Json:
        (change,) = params["edit"]["documentChanges"]
        assert change["textDocument"]["uri"] == self.uri
        if change["textDocument"]["version"] != self.version:
            return {"applied": False, "failureReason": "document has changed"}
        for edit in sorted(change["edits"], key=lambda each: -self.offset(each["range"]["start"])):
            start, end = (self.offset(edit["range"][name]) for name in ("start", "end"))
            self.text = self.text[:start] + edit["newText"] + self.text[end:]
        self.steps += 1
        self.tell()
        return {"applied": True}

    def offset(self, position: Json) -> int:
        lines = self.text.split("\n")
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        return before + int(position["character"])

    def type(self, text: str) -> None:
        """The user writes at the end."""
        self.text += text
        self.tell()

    def tell(self) -> None:
        self.version += 1
        self.client.change(self.uri, self.version, {"text": self.text})

    async def actions(self, words: str = "") -> list[Json]:
        """What is offered at the end, or at the line that has these words."""
        line = (self.text[: self.text.index(words)] if words else self.text).count("\n")
        where = {"line": line, "character": 0}
        params = {
            "textDocument": {"uri": self.uri},
            "range": {"start": where, "end": where},
            "context": {"diagnostics": []},
        }
        found: list[Json] = await self.client.request("textDocument/codeAction", params)
        return found

    async def choose(self, title: str, words: str = "") -> None:
        """Take the first action that is offered there, once it is this one."""

        async def is_offered() -> bool:
            return [each["title"] for each in await self.actions(words)][:1] == [title]

        await self.client.eventually(is_offered, f"{title} at the end of {self.text!r}")
        action, *_ = await self.actions(words)
        await self.client.request("workspace/executeCommand", action["command"])

    async def shows(self, words: str) -> None:
        async def look() -> bool:
            return words in self.text

        await self.client.eventually(look, f"{words!r} in {self.text!r}")


def path_of(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


@asynccontextmanager
async def chat(home: Path, upstream: Upstream, **argument: Json) -> AsyncIterator[Buffer]:
    async with at_work(home, upstream) as client:
        client.answers["window/showDocument"] = lambda params: {"success": True}
        opened = await command(client, "chat", **argument)
        shown = next(m for m in client.received if m.get("method") == "window/showDocument")
        assert shown["params"]["uri"] == opened["uri"]
        path = path_of(opened["uri"])
        assert path.stat().st_mode & 0o777 == 0o600
        yield Buffer(client, opened["uri"], path.read_text())


async def test_a_question_is_sent_and_answered_in_place(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("Two things.\n", "\n- one\n", "- two\n"))
    async with chat(tmp_path, upstream) as buffer:
        assert await buffer.actions() == []
        buffer.type("What is in it?")
        await buffer.choose("Foretype: send")
        await buffer.shows(
            "## You\n\nWhat is in it?\n\n## Foretype · lab:talker\n\nTwo things.\n\n- one\n- two\n\n## You\n"
        )
        await upstream.heard_requests(2)
        upstream.will(says("Yes."))
        buffer.type("Sure?")
        await buffer.choose("Foretype: send")
        await buffer.shows("Yes.\n\n## You\n")
    roles = [message["role"] for message in upstream.heard[-1].body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


async def test_what_was_sent_can_be_looked_at(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("Two things.\n"))
    (tmp_path / "a.py").write_text("x = '```'\n")
    async with at_work(tmp_path, upstream, rootUri=tmp_path.as_uri()) as client:
        opened = await command(client, "chat", text="@file a.py what is in it?")
        buffer = Buffer(client, opened["uri"], path_of(opened["uri"]).read_text())
        await buffer.choose("Foretype: send")
        await buffer.shows("Sent along: `a.py` (")
        await buffer.shows("Two things.\n\n## You\n")
        await buffer.choose("Foretype: show what was sent", "Two things.")
        path = path_of(client.all("window/showDocument")[-1]["uri"])
        assert path.stat().st_mode & 0o777 == 0o600
        read = path.read_text()
        assert "### user\n\n````" in read
        sent = [message["content"] for message in upstream.heard[0].body["messages"]]
        assert all(text in read for text in sent)
        assert "x = '```'" in sent[1]


async def test_lines_are_named_as_a_command_line_has_them(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("It is b.\n"))
    async with at_work(tmp_path, upstream, rootUri=tmp_path.as_uri()) as client:
        client.open((tmp_path / "a.py").as_uri(), "a = 1\nb = 2\nc = 3\n")

        def chat_of(*arguments: Json) -> int:
            params = {"command": "foretype.chat", "arguments": list(arguments)}
            id: int = client.post("workspace/executeCommand", params)
            return id

        for wrong in (("b.py", 1, 2, "x"), ("a.py", "one", 2), ("a.py", 1)):
            assert (await client.error(chat_of(*wrong))).code == -32602
        opened = await client.result(chat_of("a.py", 2, "2", "what", "is it?"))
        buffer = Buffer(client, opened["uri"], path_of(opened["uri"]).read_text())
        await buffer.choose("Foretype: send")
        await buffer.shows("It is b.")
    prompt = upstream.heard[0].body["messages"][1]["content"]
    assert "b = 2\n" in prompt
    assert "a = 1" not in prompt
    assert "c = 3" not in prompt
    assert prompt.endswith("what is it?")


async def test_who_types_below_meanwhile_is_not_disturbed(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(begins("The first line.\n", "and more\n"))
    async with chat(tmp_path, upstream, text="Go on talking") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows("The first line.\nand more")
        buffer.type("\n## You\n\nmy next question")
        await buffer.choose("Foretype: stop")
        await buffer.shows("## Foretype · lab:talker · stopped\n\nThe first line.\nand more\n")
        assert buffer.text.endswith("\n## You\n\nmy next question")
        assert buffer.text.count("## You") == 2


async def test_who_types_into_the_answer_ends_it(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(begins("The first line.\n", "and more\n"))
    async with chat(tmp_path, upstream, text="Go on talking") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows("The first line.\nand more")
        buffer.text = buffer.text.replace("first line", "FIRST line")
        buffer.tell()
        await buffer.choose("Foretype: stop")
        await buffer.shows("· stopped")
        await upstream.all_closed()
        assert "The FIRST line.\nand more" in buffer.text


async def test_an_answer_that_broke_off_goes_on_below(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(breaks_off("one\n"))
    async with chat(tmp_path, upstream, text="Count") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows("· broke off")
        assert "one\n" in buffer.text
        assert "broke off: ask again" in buffer.text
        await upstream.heard_requests(2)
        upstream.will(says("two\n"))
        await buffer.choose("Foretype: go on with the answer")
        await buffer.shows("ask again.\n\none\n\n## Foretype · lab:talker\n\ntwo\n\n## You\n")


async def test_what_was_answered_when_the_server_was_killed_is_kept_and_goes_on(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(begins("The first line.\n", "and the sec"))
    async with chat(tmp_path, upstream, text="Go on talking") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows("The first line.\nand the")

        async def is_kept() -> bool:
            (row,) = await command(buffer.client, "conversations", action="list")
            opened = await command(buffer.client, "conversations", action="open", id=row["id"])
            return [turn["text"] for turn in opened["turns"][1:]] == ["The first line.\nand the sec"]

        await buffer.client.eventually(is_kept, "the answer so far in the history")
        await buffer.client.kill()
    async with at_work(tmp_path, upstream) as client:
        again = Buffer(client, buffer.uri, buffer.text)
        upstream.will(says("the second one.\n"))
        await again.choose("Foretype: go on with the answer")
        await again.shows(
            "## Foretype · broke off\n\nThe first line.\nand the\n\n"
            "## Foretype · lab:talker\n\nand the second one.\n\n## You\n"
        )
        (row,) = await command(client, "conversations", action="list")
        opened = await command(client, "conversations", action="open", id=row["id"])
        assert [turn["text"] for turn in opened["turns"]] == [
            "Go on talking",
            "The first line.\nand the second one.\n",
        ]
    assert "The first line.\\nand the sec" in said_to_model(upstream.visits[1])


async def test_that_the_model_thinks_is_shown_and_the_user_can_end_it(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(begins("The first line.\n"))
    async with chat(tmp_path, upstream, text="What is in it?") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows("The first line.")
        begun, written = [each["value"] for each in buffer.client.all("$/progress")][:2]
        assert begun == {
            "kind": "begin",
            "title": "What is in it?",
            "message": "thinking…",
            "cancellable": True,
        }
        assert written == {"kind": "report", "message": "writing…"}
        token = buffer.client.all("$/progress")[0]["token"]
        buffer.client.notify("window/workDoneProgress/cancel", {"token": token})
        await buffer.shows("## Foretype · lab:talker · stopped\n\nThe first line.\n\n## You\n")
        await upstream.all_closed()
        await buffer.client.until(lambda m: "'kind': 'end'" in str(m), "the end of the progress")


async def test_thoughts_stand_in_a_part_of_their_own(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(speaks({"reasoning": "They ask\n## You\nso"}, {"content": "Yes.\n## You\nand no."}))
    async with chat(tmp_path, upstream, text="Is it?") as buffer:
        await buffer.choose("Foretype: send")
        await buffer.shows(
            "Yes.\n\\## You\nand no.\n\n#### Thoughts\n\n> They ask\n> ## You\n> so\n\n## You\n"
        )
    sections = re.findall(r"^## .*$", buffer.text, re.MULTILINE)
    assert sections == ["## You", "## Foretype · lab:talker", "## You"]


async def test_a_selection_anywhere_is_talked_about_by_a_code_action(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(says("It is b.\n"))
    async with at_work(tmp_path, upstream, rootUri=tmp_path.as_uri()) as client:

        async def offered(name: str, last: int) -> list[Json]:
            span = {"start": {"line": 1, "character": 0}, "end": {"line": last, "character": 0}}
            context = {"diagnostics": [], "triggerKind": 1}
            params = {
                "textDocument": {"uri": (tmp_path / name).as_uri()},
                "range": span,
                "context": context,
            }
            found = await client.request("textDocument/codeAction", params)
            return [each["command"] for each in found if each["title"] == "Foretype: chat about this"]

        for name in ("a.py", ".env"):
            client.open((tmp_path / name).as_uri(), "a = 1\nb = 2\nc = 3\n")
        assert await offered(".env", 2) == await offered("a.py", 1) == []
        (action,) = await offered("a.py", 2)
        opened = await client.request("workspace/executeCommand", action)
        buffer = Buffer(client, opened["uri"], path_of(opened["uri"]).read_text())
        assert await offered(f"foretype/data/chats/{opened['conversation']}.md", 2) == []
        buffer.type("What is it?")
        await buffer.choose("Foretype: send")
        await buffer.shows("It is b.")
    prompt = upstream.heard[0].body["messages"][1]["content"]
    assert "b = 2\n" in prompt
    assert "a = 1" not in prompt


async def test_another_document_offers_no_chat(tmp_path: Path, upstream: Upstream) -> None:
    async with chat(tmp_path, upstream, text="Hello") as buffer:
        other = Buffer(buffer.client, (tmp_path / "README.md").as_uri(), buffer.text)
        offered = await other.actions()
        assert not [item for item in offered if item["kind"].startswith("source.foretype.chat")]
