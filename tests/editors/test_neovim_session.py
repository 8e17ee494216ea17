"""A whole session of a real Neovim with its server: the text they share, and how it begins and ends."""

from __future__ import annotations

import os
import random
import signal
from functools import partial
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.install import Editors
from editors.model import writes
from editors.neovim import Neovim, neovim, only

from contract.upstream import Upstream

TEXT = "import os\n\n\ndef größe(name):\n\treturn f'😀 {name}'\n\nprint(größe('日本'))\n"
EDITS = 100

# Of a buffer whose first line is empty none deletes all lines: Neovim 0.12.4 then tells of one line less.
KEYS = (
    "ix<Esc>", "oé😀\tz<Esc>", "O  日本語<Esc>", "A\u2028 \u0085<Esc>", "i<C-v>x0c<Esc>", "i<CR><Esc>",
    "ea😀<Esc>", "dd", "x", "D", "J", "cwnew<Esc>", "yyp", "yyP", "p", ".", "u", "2u", "<C-r>",
    ">>", "<lt><lt>", "gUU", "gg", "G", "w", "b", "0", "$", "j", "k", "}", "<C-v>jjIab<Esc>",
    "<C-v>j$Aé<Esc>", "vjd", "Vjp", "ggOx<Esc>dG", "ggVGy3P", ":silent! m0<CR>", ":silent! t.<CR>",
    ":silent! %s/e/éé/g<CR>", ":silent! %s/\\n\\n/\\r/<CR>",
)  # fmt: skip


async def test_the_server_attaches_and_says_nothing_to_the_user(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await nvim.edit(desk.file("a.py", TEXT))
    answer = await desk.wire.answered("initialize")
    assert answer["result"]["serverInfo"]["name"] == "foretype"
    opened = await desk.wire.sent("textDocument/didOpen")
    assert opened["textDocument"]["text"] == TEXT
    await nvim.ask("workspace/executeCommand", {"command": "foretype.status"})
    assert desk.wire.messages("server", "window/showMessage") == []
    assert await nvim.messages() == ""


@pytest.mark.parametrize(("seed", "encoding"), [(1, "utf-8"), (2, "utf-16"), (3, "utf-32")])
async def test_after_any_edits_the_server_has_the_text_of_the_buffer(
    editors: Editors, probed_desk: Desk, upstream: Upstream, seed: int, encoding: str
) -> None:
    upstream.always(writes("_written_by_a_model()"))
    chance = random.Random(seed)
    async with neovim(editors.neovim, probed_desk, only(encoding)) as nvim:
        file = probed_desk.file("a.py", TEXT)
        await nvim.edit(file)
        for number in range(EDITS):
            await nvim.type(chance.choice(KEYS))
            if number % 15 == 14:
                await take_what_is_offered(nvim, probed_desk)
            assert await server_text(nvim, file) == "".join(f"{line}\n" for line in await nvim.lines())


async def test_the_end_of_the_server_is_told_and_survived(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await nvim.edit(desk.file("a.py", TEXT))
    os.kill(desk.wire.server_pid, signal.SIGKILL)
    await nvim.until(partial(has_said, nvim, "signal 9"), "a word about the server's end")
    await nvim.type("ggOstill here<Tab>!<Esc>")
    lines = await nvim.lines()
    assert lines[0].split() == ["still", "here", "!"]
    assert await nvim.mode() == "n"


async def test_the_server_ends_with_the_editor(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    async with neovim(editors.neovim, desk) as nvim:
        await nvim.edit(desk.file("a.py", TEXT))
        await nvim.type(":qa!<CR>")
        ended = await desk.wire.until(lambda said: said.by == "tap" and "code" in said.message, "the end")
    assert ended["code"] in (0, 1)  # Neovim says `shutdown`, and is gone before it can say `exit`


async def take_what_is_offered(nvim: Neovim, desk: Desk) -> None:
    """Type at the end of a line, and accept whatever the server says to it."""
    asked = len(desk.wire.answers("textDocument/inlineCompletion"))
    await nvim.type("Avalue = name")
    await desk.wire.answered("textDocument/inlineCompletion", asked + 1)
    await nvim.type("<Tab><Esc>")


async def server_text(nvim: Neovim, file: Path) -> str:
    return str((await nvim.ask("test/text", {"uri": file.as_uri()}))["text"])


async def has_said(nvim: Neovim, words: str) -> bool:
    return words in await nvim.messages()
