"""An edit that a model proposes in a chat document: made when the user asks for it there, and not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import editor as editors
from contract.upstream import Upstream, serving
from e2e.chatting import command, says, settings, speaks
from e2e.test_chat_document import Buffer
from e2e.test_chat_safety import called
from editor import EVERYTHING, Editor, Json
from unit.postprocess.test_safe_markdown import URL, fetched

CODE = "x = 1\ny = 'é', 1\nz = 3\n"
REVIEW = "Foretype: review the proposed edit of a.py"


@dataclass(frozen=True)
class Desk:
    """A chat document and a file, open in one editor."""

    client: Editor
    chat: Buffer
    code: Buffer

    async def actions(self, words: str) -> list[Json]:
        """What is offered at the line of the chat document that has these words."""
        line = self.chat.text[: self.chat.text.index(words)].count("\n")
        where = {"line": line, "character": 0}
        params = {
            "textDocument": {"uri": self.chat.uri},
            "range": {"start": where, "end": where},
            "context": {"diagnostics": []},
        }
        found: list[Json] = await self.client.request("textDocument/codeAction", params)
        return [each["command"] for each in found if each["title"] == REVIEW]

    async def review(self) -> None:
        (action,) = await self.actions("Proposed for")
        await self.client.request("workspace/executeCommand", action)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("A title"))
        yield upstream


@asynccontextmanager
async def proposed(
    home: Path,
    upstream: Upstream,
    old: str,
    new: str,
    code: str = CODE,
    first: str = "Like this:\n",
    able: Json = EVERYTHING,
) -> AsyncIterator[Desk]:
    """A question that was answered by a proposal."""
    change = {"path": "a.py", "old_text": old, "new_text": new}
    upstream.will(
        speaks({"content": first}, called("propose_edit", change), word="tool_calls"), says("That is all.")
    )
    async with editors.editor(home, initialized=False) as client:
        client.configuration = settings(upstream)
        await client.initialize(
            initializationOptions=client.configuration, rootUri=home.as_uri(), capabilities=able
        )
        opened = await command(client, "chat", text="Change it")
        code_buffer = Buffer(client, (home / "a.py").as_uri(), code)
        path = home / "foretype" / "data" / "chats" / f"{opened['conversation']}.md"
        chat_buffer = Buffer(client, opened["uri"], path.read_text())
        buffers = {buffer.uri: buffer for buffer in (code_buffer, chat_buffer)}

        def apply(params: Json) -> Json:
            (change,) = params["edit"]["documentChanges"]
            return buffers[change["textDocument"]["uri"]].apply(params)

        client.answers["workspace/applyEdit"] = apply
        await chat_buffer.choose("Foretype: send")
        await chat_buffer.shows("That is all.\n\n## You")
        yield Desk(client, chat_buffer, code_buffer)


async def test_it_is_made_in_one_step_when_the_user_asks_for_it(tmp_path: Path, upstream: Upstream) -> None:
    async with proposed(tmp_path, upstream, "'é', 1", "'é', 2\nw = 0") as desk:
        assert "Proposed for `a.py`, from line 2; nothing is changed yet:" in desk.chat.text
        assert desk.code.text == CODE
        assert desk.code.steps == 0
        assert await desk.actions("That is all.") == []
        assert len(await desk.actions("w = 0\n```")) == 1
        await desk.review()
        assert desk.code.text == "x = 1\ny = 'é', 2\nw = 0\nz = 3\n"
        assert desk.code.steps == 1
        shown = desk.client.all("window/showDocument")[-1]
        assert (shown["uri"], shown["selection"]["end"]) == (desk.code.uri, {"line": 2, "character": 5})


async def test_typing_elsewhere_moves_it_and_typing_there_ends_it(tmp_path: Path, upstream: Upstream) -> None:
    async with proposed(tmp_path, upstream, "z = 3", "z = 4", "x = 1\r\nz = 3\r\n") as desk:
        desk.code.text = "# above\r\n" + desk.code.text
        desk.code.tell()
        await desk.review()
        assert desk.code.text == "# above\r\nx = 1\r\nz = 4\r\n"
        await desk.review()
        assert desk.code.text == "# above\r\nx = 1\r\nz = 4\r\n"
        told = await desk.client.notified("window/showMessage")
        assert "a.py has changed since the edit was proposed" in told["message"]


async def test_a_closed_file_stays_as_it_is(tmp_path: Path, upstream: Upstream) -> None:
    async with proposed(tmp_path, upstream, "z = 3", "z = 4") as desk:
        desk.client.notify("textDocument/didClose", {"textDocument": {"uri": desk.code.uri}})
        await desk.review()
        assert desk.code.steps == 0
        assert "a.py is not open" in (await desk.client.notified("window/showMessage"))["message"]


async def test_what_was_not_proposed_is_not_offered(tmp_path: Path, upstream: Upstream) -> None:
    async with proposed(tmp_path, upstream, "z = 3", "z = 4") as desk:
        desk.chat.text = desk.chat.text.replace("z = 4", "z = 5")
        desk.chat.tell()
        assert await desk.actions("Proposed for") == []
        params = {"command": "foretype.review", "arguments": [{"proposal": "0123456789ab"}]}
        error = await desk.client.error(desk.client.post("workspace/executeCommand", params))
        assert (error.code, "no such proposal" in error.message) == (-32602, True)
        assert desk.code.steps == 0


async def test_an_editor_that_can_ask_is_told_to(tmp_path: Path, upstream: Upstream) -> None:
    edits = {**EVERYTHING["workspace"]["workspaceEdit"], "changeAnnotationSupport": {}}
    able = {**EVERYTHING, "workspace": {**EVERYTHING["workspace"], "workspaceEdit": edits}}
    async with proposed(tmp_path, upstream, "z = 3", "z = 4", able=able) as desk:
        await desk.review()
        assert desk.code.text == CODE.replace("z = 3", "z = 4")
        edit = desk.client.all("workspace/applyEdit")[-1]["edit"]
        (annotation,) = edit["changeAnnotations"].values()
        assert annotation["needsConfirmation"] is True
        (change,) = edit["documentChanges"][0]["edits"]
        assert change["annotationId"] in edit["changeAnnotations"]


async def test_a_block_left_open_before_it_does_not_free_what_it_holds(
    tmp_path: Path, upstream: Upstream
) -> None:
    image = f"![t]({URL})"
    async with proposed(tmp_path, upstream, "z = 3", image, first="See:\n```\nx") as desk:
        assert image in desk.chat.text
        assert fetched(desk.chat.text.partition("\n")[2]) == []
        assert len(await desk.actions("Proposed for")) == 1
