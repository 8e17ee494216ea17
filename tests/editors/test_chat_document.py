"""Chat in a Markdown document, by keystrokes, in editors that have nothing of ours but the server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from editors.desk import Desk
from editors.emacs import EGLOT, LSP_MODE, command, emacs
from editors.helix import Helix, asks_for_trust, helix_set_up
from editors.install import NEWEST, STABLE, Editors, installed
from editors.model import asked, says, says_slowly
from editors.neovim import Neovim
from editors.wire import Said

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n\ndef area(w, h):\n    return w * h\n"
CHAT_IN_NEOVIM = (
    ":lua vim.lsp.get_clients({ name = 'foretype' })[1]"
    ":exec_cmd({ title = 'chat', command = 'foretype.chat' })<CR>"
)


async def kept(desk: Desk) -> list[list[str]]:
    """The turns of every conversation in the history."""
    turns = []
    for row in await conversations(desk, action="list"):
        opened = await conversations(desk, action="open", id=row["id"])
        turns.append([turn["text"] for turn in opened["turns"]])
    return turns


async def conversations(desk: Desk, **argument: str) -> Any:
    params = {"command": "foretype.conversations", "arguments": [argument]}
    return await desk.wire.ask("workspace/executeCommand", params)


async def ask(hx: Helix, desk: Desk, words: str) -> None:
    """Type a question at the end and send it; of a burst of keys, Helix 25.01 tells in any order."""
    changes = len(desk.wire.messages("editor", "textDocument/didChange"))
    await hx.type("gei")
    for number, key in enumerate(words, 1):
        await hx.type(key)
        await desk.wire.sent("textDocument/didChange", times=changes + number)
    await hx.type("<Escape><Space>a")
    await hx.screen.shows("Foretype: send")
    await hx.type("<Enter>")


@pytest.mark.parametrize("suite", [NEWEST, STABLE])
async def test_helix_asks_by_its_command_line_and_a_code_action(
    editors: Editors, desk: Desk, upstream: Upstream, suite: str
) -> None:
    helix = editors if suite == NEWEST else installed(suite)
    assert helix is not None
    upstream.will(says("It multiplies\ntwo numbers."), says("Areas"))
    upstream.always(says("Because of its shape."))
    async with helix_set_up(helix, desk, desk.file("a.py", CODE), height=40) as hx:
        await hx.type(":lsp-workspace-command foretype.chat<Enter>")
        if not asks_for_trust(helix):  # and of that age it cannot be told to show a document
            await hx.screen.shows("Foretype: Open ")
            (document,) = (desk.home / "foretype" / "data" / "chats").iterdir()
            await hx.type(f":open {document}<Enter>")
        await hx.screen.shows("## You")
        await ask(hx, desk, "@file a.py what does it do?")
        await hx.screen.shows("## Foretype · lab:chat")
        await hx.screen.shows("two numbers.")
        assert "return w * h" in (await asked(upstream)).heard.content.decode()
        await asked(upstream, 2)
        await ask(hx, desk, "Why?")
        await hx.screen.shows("Because of its shape.")
        await hx.type(":write<Enter>")
        await hx.screen.shows("written")
        assert await kept(desk) == [
            [
                "@file a.py what does it do?",
                "It multiplies\ntwo numbers.",
                "Why?",
                "Because of its shape.",
            ]
        ]


async def test_helix_sends_the_selected_lines_along(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.always(says("It multiplies."))
    async with helix_set_up(editors, desk, desk.file("a.py", CODE), height=40) as hx:
        lines = "%{selection_line_start} %{selection_line_end}"
        await hx.type(
            f'4ggxx:lsp-workspace-command foretype.chat "%{{buffer_name}}" {lines} "what is it?"<Enter>'
        )
        await hx.screen.shows("what is it?")
        await hx.screen.shows("## You")
        await hx.type("<Space>a")
        await hx.screen.shows("Foretype: send")
        await hx.type("<Enter>")
        await hx.screen.shows("It multiplies.")
    said = (await asked(upstream)).heard.body["messages"][-1]["content"]
    assert "return w * h" in said
    assert "größe" not in said


async def test_neovim_asks_stops_and_goes_on(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says_slowly("It multiplies\n", go_on=asyncio.Event()), says("two numbers."))
    upstream.always(says("Areas"))

    async def shows(words: str) -> None:
        async def look() -> bool:
            return words in "\n".join(await nvim.lines())

        await nvim.until(look, f"{words!r} in the document")

    async def choose(title: str) -> None:
        """Take the first of the list of code actions, once it is this one."""

        async def is_taken() -> bool:
            lists = len(desk.wire.messages("editor", "textDocument/codeAction")) + 1
            await nvim.type("Ggra")
            answer = await desk.wire.answered("textDocument/codeAction", times=lists)
            await nvim.until(has_list, "the list of code actions")
            is_first = [item["title"] for item in answer["result"]] == [title]
            await nvim.type("1<CR>" if is_first else "<CR>")
            await nvim.until(has_no_list, "the end of the list of code actions")
            return is_first

        await nvim.until(is_taken, f"the action {title!r}")

    async def has_list() -> bool:
        return await nvim.mode() in ("r", "c")

    async def has_no_list() -> bool:
        return not await has_list()

    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(CHAT_IN_NEOVIM)
    await shows("## You")
    await nvim.attached()
    await nvim.type("Gi/explain @file a.py in short<Esc>")
    await choose("Foretype: send")
    await shows("## Foretype · answering")
    await shows("It multiplies")
    await choose("Foretype: stop")
    await shows("· stopped")
    said = (await asked(upstream)).heard.body["messages"][-1]["content"]
    assert "return w * h" in said
    await choose("Foretype: go on with the answer")
    await shows("two numbers.")
    assert await kept(desk) == [["/explain @file a.py in short", "It multiplies\ntwo numbers."]]


@pytest.mark.parametrize("client", [EGLOT, LSP_MODE])
async def test_emacs_asks_stops_and_goes_on_by_one_key(
    editors: Editors, desk: Desk, upstream: Upstream, client: str
) -> None:
    upstream.will(says_slowly("It multiplies\n", go_on=asyncio.Event()), says("two '日本' numbers."))
    upstream.always(says("Areas"))
    async with emacs(editors, desk, desk.file("a.py", CODE), height=40, client=client) as screen:
        await command(screen, "foretype-chat")
        await screen.shows("## You")
        await screen.type("/explain @file a.py in short")
        await screen.press("C-c", "C-c")
        await screen.shows("It multiplies")
        await screen.press("C-c", "C-c")
        await screen.shows("· stopped")
        await desk.wire.until(is_end_of_progress, "the end of the answer")
        await screen.press("M->", "C-c", "C-c")
        await screen.shows("two '日本' numbers.")
    said = (await asked(upstream)).heard.body["messages"][-1]["content"]
    assert "return w * h" in said
    assert len(desk.wire.server_pids) == 1


def is_end_of_progress(said: Said) -> bool:
    if said.message.get("method") != "$/progress":
        return False
    kind: str = said.message["params"]["value"]["kind"]
    return kind == "end"
