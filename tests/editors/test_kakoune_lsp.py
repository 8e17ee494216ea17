"""A real Kakoune with a real kakoune-lsp, by its keys, where a tester names one: no package of Debian has it.

FORETYPE_TEST_KAKOUNE_LSP=/usr/local/bin/kak-lsp pytest tests/editors/test_kakoune_lsp.py
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.install import Editors
from editors.kakoune import CLIENT, is_last_word, kakoune, named_client
from editors.model import asked, begins, knows, says, says_slowly, writes
from editors.patience import PATIENCE_S, until

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n# !add types\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = CODE.replace("# !add types\ndef area(w, h)", "def area(w: int, h: int) -> int")
REST_S = 1.0
LINE = "größe = 'é日😀'; print('${x} $1 \\\\{}', größe)"


@pytest.fixture
def client() -> Path:
    if (named := named_client()) is None:
        pytest.skip(f"{CLIENT} names no kak-lsp")
    return named


async def test_a_suggestion_is_in_the_menu_and_is_written_as_it_is(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.always(knows(LINE))
    async with kakoune(editors, desk, desk.file("a.py", f"größe = 'é日😀'; \n{CODE}"), client) as kak:
        await kak.type("glapri")
        await kak.screen.shows("✨ print(")
        await kak.type("nt")
        await kak.shows_lines("größe = 'é日😀'; print")
        await kak.screen.shows("✨ print(")
        await kak.type("<C-n>")
        await kak.shows_lines(LINE)
        await kak.type("<Escape>")
        assert await kak.written() == f"{LINE}\n{CODE}"
        await kak.type("u")
        await kak.shows_lines("größe = 'é日😀';")


async def test_a_block_of_several_lines_comes_while_its_user_waits(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    """The model is slower than a menu may be: the question is put once more, and waits."""
    body = "\n        total = sum(numbers)\n\n        return total / len(numbers)"
    upstream.always(writes(body))
    async with kakoune(editors, desk, desk.file("a.py", f"class Lists:\n\n{CODE}"), client) as kak:
        await kak.type("2gi    def mean(numbers):")
        await kak.screen.shows("✨ total = sum(numbers)…")
        await kak.type("<C-n><Escape>")
        assert await kak.written() == f"class Lists:\n    def mean(numbers):{body}\n{CODE}"
        await kak.type("u")
        assert await kak.written() == f"class Lists:\n\n{CODE}"


async def test_what_was_meant_for_another_place_is_given_up_and_its_model_stops(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.will(begins("nt(ar"))
    upstream.always(knows("y = area(2, 3)"))
    async with kakoune(editors, desk, desk.file("a.py", f"number = 1\n\n\n{CODE}"), client) as kak:
        await kak.type("2gipri")
        first = await asked(upstream)
        await kak.type("<Down>y = are")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        await kak.screen.shows("✨ area(2, 3)")
        await kak.type("<C-n><Escape>")
        assert await kak.written() == f"number = 1\npri\ny = area(2, 3)\n{CODE}"


async def test_a_wish_in_a_comment_is_done_by_a_code_action_and_undone(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.will(says(NEW))
    async with kakoune(editors, desk, desk.file("a.py", CODE), client) as kak:
        await kak.type("3g")
        await kak.choose("Foretype: add types")
        await kak.shows_lines(*EDITED.splitlines())
        assert await kak.written() == EDITED
        await kak.type("u")
        assert await kak.written() == CODE


async def test_an_edit_that_is_stopped_changes_nothing_and_stops_its_model(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=asyncio.Event()))
    async with kakoune(editors, desk, desk.file("a.py", CODE), client) as kak:
        await kak.type("3g")
        await kak.choose("Foretype: add types")
        visit = await asked(upstream)
        await kak.choose("Foretype: stop")
        await asyncio.wait_for(visit.gone.wait(), PATIENCE_S)
        await desk.wire.answered("workspace/executeCommand")
        assert await kak.written() == CODE


async def test_a_new_server_is_there_after_one_that_was_killed_and_explains_the_block_at_the_cursor(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    async with kakoune(editors, desk, desk.file("a.py", CODE.replace("# !add types", "")), client) as kak:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.until(is_last_word, "the end of the server")

        moved_at_s = 0.0

        async def is_told_of_again() -> bool:
            """A server is started by the next thing that it is asked, which it is once the cursor rests."""
            nonlocal moved_at_s
            now_s = asyncio.get_running_loop().time()
            if now_s > moved_at_s + REST_S:
                moved_at_s = now_s
                await kak.type("j")
            return len(desk.wire.messages("editor", "textDocument/didOpen")) > 1

        await until(is_told_of_again, "a new server")
        await kak.type("4g")
        await kak.choose("Foretype: Explain")
        assert "return w * h" in (await asked(upstream)).heard.content.decode()
        await kak.screen.shows("It multiplies **two** numbers.")


async def test_a_language_server_beside_it_keeps_nothing_from_it(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    """The client names the language's own server first, and would tell the second nothing of the file."""
    other = f"FORETYPE_HOME={desk.home / 'other'} exec {sys.executable} -m foretype lsp"
    desk.put_program("pylsp", other)
    upstream.will(says(NEW))
    upstream.always(knows("    print(größe)"))
    async with kakoune(editors, desk, desk.file("a.py", CODE), client) as kak:
        await kak.type("3g")
        await kak.choose("Foretype: add types")
        await kak.shows_lines(*EDITED.splitlines())
        await kak.type("geopri")
        await kak.screen.shows("✨ print(größe)")
        await kak.type("<C-n><Escape>")
        assert await kak.written() == f"{EDITED}    print(größe)\n"


async def test_a_conversation_goes_on_in_its_document(
    editors: Editors, desk: Desk, upstream: Upstream, client: Path
) -> None:
    upstream.will(says("It multiplies\ntwo numbers."), says("Areas"), says("Because of its shape."))
    async with kakoune(editors, desk, desk.file("a.py", CODE), client, height=40) as kak:
        await kak.command("foretype-chat")
        await kak.screen.shows("Foretype: Open ")
        (document,) = (desk.home / "foretype" / "data" / "chats").iterdir()
        await kak.command(f"edit {document}")
        await desk.wire.sent("textDocument/didOpen", times=2)
        for words, answer in (("@file a.py what does it do?", "two numbers."), ("Why?", "its shape.")):
            await kak.type(f"gei{words}<Escape>")
            await kak.choose("Foretype: send")
            await kak.screen.shows(answer)
            await kak.screen.shows("## Foretype · lab:chat")
        assert "return w * h" in (await asked(upstream)).heard.content.decode()
