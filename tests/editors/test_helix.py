"""A real Helix that is configured as the README says: its server attaches, follows the text, and is quiet."""

from __future__ import annotations

import os
import random
import signal

import pytest

from editors.desk import Desk
from editors.helix import helix, helix_set_up
from editors.install import Editors
from editors.model import knows
from editors.patience import until

from contract.upstream import Upstream

TEXT = "import os\n\n\ndef größe(name):\n\treturn f'😀 {name}'\n\nprint(größe('日本'))\n"
GREETING = "def greet(name, times):\n    return name * times\n\n"
QUIET = ("", "Loaded 1 file.")
EDITS = 40
KEYS = (
    "ix<Escape>", "oé😀z<Escape>", "O  日本語<Escape>", "Aab<Enter>cd<Escape>", "i(<Escape>",
    "ea😀<BSpace>é<Escape>",
    "xd", "d", "J", "wcnew<Escape>", "xyp", "xyP", "p", "R", "u", "uu", "U", "x>", "~", "`",
    "ge", "gg", "w", "b", "gh", "gl", "j", "k", "v", ";", "C", ",", "xxd",
    "%s\\w+<Enter>cé<Escape>", "A\u2028<Escape>",
)  # fmt: skip


async def test_the_server_attaches_and_says_nothing_to_the_user(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    async with helix(editors, desk, desk.file("a.py", TEXT)) as hx:
        opened = await desk.wire.sent("textDocument/didOpen")
        assert opened["textDocument"]["text"] == TEXT
        assert opened["textDocument"]["languageId"] == "python"
        status = await desk.wire.ask("workspace/executeCommand", {"command": "foretype.status"})
        assert (status["documents"], status["problems"]) == (1, [])
        await hx.type("ox = 1<Escape>")
        await desk.wire.sent("textDocument/didChange", times=6)
        assert await hx.status() in QUIET
    assert desk.wire.messages("server", "window/showMessage") == []


async def test_the_menu_offers_the_rest_of_the_line_and_the_word_it_begins_with(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    line = "größe = 'é😀'; print(greet('日本', 1))"
    upstream.always(knows(line))
    async with helix(editors, desk, desk.file("a.py", GREETING)) as hx:
        await hx.type_until_offered("geogröße = 'é😀'; prin", "✨ print(greet('日本', 1))")
        await hx.take_offer(line)
        assert await hx.written() == f"{GREETING}{line}\n"


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_any_edits_the_server_has_the_text_of_the_buffer(
    editors: Editors, probed_desk: Desk, upstream: Upstream, seed: int
) -> None:
    chance = random.Random(seed)
    file = probed_desk.file("a.py", TEXT)
    async with helix(editors, probed_desk, file) as hx:
        for _ in range(EDITS):
            await hx.type(chance.choice(KEYS))
        written = await hx.written()

        async def same() -> bool:
            answer = await probed_desk.wire.ask("test/text", {"uri": file.as_uri()})
            return bool(answer["text"] == written)

        await until(same, f"{written!r} at the server")
    assert len(probed_desk.wire.messages("editor", "textDocument/didChange")) > EDITS / 2


async def test_the_end_of_the_server_is_survived_and_a_new_one_serves_the_same_buffer(
    both: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(greet('é😀', 1))"))
    file = desk.file("a.py", GREETING)
    async with helix_set_up(both, desk, file) as hx:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.until(lambda said: "code" in said.message, "the server's end")
        await hx.type("ggOstill here<Escape>")
        assert (await hx.written()).startswith("still here\n")
        await hx.type(":lsp-restart<Enter>")
        opened = await desk.wire.sent("textDocument/didOpen", times=2)
        assert opened["textDocument"]["text"] == f"still here\n{GREETING}"
        await hx.type_until_offered("geoprin", "✨ print(greet('é😀', 1))")
