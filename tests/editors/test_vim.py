"""A real Vim with ALE: ghost text and an edit in words, by its keys."""

from __future__ import annotations

import asyncio
import os
import signal

from editors.desk import Desk
from editors.install import Editors
from editors.model import asked, begins, begins_saying, knows, says, says_slowly, writes
from editors.patience import PATIENCE_S, until
from editors.vim import vim

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = CODE.replace("def area(w, h)", "def area(w: int, h: int) -> int")


async def test_ghost_text_stands_behind_the_cursor_and_tab_takes_it_and_undo_takes_it_out(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    line = "größe = 'é😀'; print(area('日本', 2))"
    upstream.always(knows(line))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.screen.type("Gogröße = 'é😀'; pri")
        shown = await running.screen.shows(line)
        _, row = await running.screen.cursor()
        assert shown[row].startswith(line)
        await running.screen.press("Tab")
        await running.screen.type(" # ✓")
        await running.screen.shows(f"{line} # ✓")
        await running.screen.press("Escape")
        assert await running.written() == f"{CODE}{line} # ✓\n"
        await running.screen.type("u")
        assert await running.written() == f"{CODE}größe = 'é😀'; pri\n"


async def test_several_lines_are_shown_below_and_taken_together(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    body = "    total = sum(numbers)\n\n    return total / len(numbers)"
    upstream.will(writes(f"\n{body}"))
    async with vim(editors, desk, desk.file("a.py", "x = 1\n")) as running:
        await running.screen.type("Odef mean(numbers):")
        shown = await running.screen.shows("return total / len(numbers)")
        assert [line.rstrip() for line in shown[:5]] == ["def mean(numbers):", *body.split("\n"), "x = 1"]
        await running.screen.press("Tab")
        await running.screen.press("Escape")
        assert await running.written() == f"def mean(numbers):\n{body}\nx = 1\n"


async def test_another_key_than_suggested_clears_at_once_and_tab_is_a_tab(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("nt(area(1, 2))"))
    upstream.always(writes(""))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.screen.type("Gopri")
        await running.screen.shows("print(area(1, 2))")
        await running.screen.type("x")
        await running.screen.press("Tab")
        await running.screen.type("=")
        await running.screen.press("Escape")
        assert (await running.written()).endswith("prix    =\n")
        assert not any("area(1, 2)" in line for line in await running.screen.screen())


async def test_brackets_that_stand_there_already_are_written_once_and_the_server_hears_of_it(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(area('日本', 2))"))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.screen.type("Goprint()")
        await running.screen.press("Left")
        await running.screen.type("area('")
        await running.screen.shows("日本', 2)")
        await running.screen.press("Tab")
        assert (await desk.wire.sent("workspace/executeCommand"))["command"] == "foretype.accepted"
        await running.screen.press("Escape")
        assert (await running.written()).endswith("\nprint(area('日本', 2))\n")


async def test_what_was_meant_for_another_place_is_never_shown_and_its_model_stops(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins("nt(ar"), writes("a(2, 3)"))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.screen.type("Gopri")
        first = await asked(upstream)
        await running.screen.press("Enter")
        await running.screen.type("y = are")
        await running.screen.shows("y = area(2, 3)")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        assert not any("print" in line for line in await running.screen.screen())


async def test_a_server_that_was_killed_is_started_again_by_the_next_key(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(area(2, 3))"))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.until(lambda said: "code" in said.message, "the server's end")
        await running.screen.type("Gopri")
        await running.keys_are_served_again()
        await running.screen.shows("print(area(2, 3))")


async def test_an_edit_in_words_rewrites_the_lines_and_one_undo_takes_it_back(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("4,5ForetypeEdit add types")
        await running.screen.shows("def area(w: int, h: int)")
        assert await running.written() == EDITED
        assert (await asked(upstream)).heard.body["messages"][1]["content"].endswith("Request: add types")
        await running.screen.type("u")
        assert await running.written() == CODE


async def test_an_edit_for_a_text_that_has_changed_meanwhile_is_not_made(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=go_on))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("4,5ForetypeEdit add types")
        await asked(upstream)
        await running.screen.type("ggx")
        await running.screen.shows("röße")
        go_on.set()
        await running.screen.shows("the text has changed meanwhile")
        assert await running.written() == CODE[1:]


async def test_a_wish_in_a_comment_is_done_by_the_menu_of_ale(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    wish = CODE.replace("def area", "# !add types\ndef area")
    async with vim(editors, desk, desk.file("a.py", wish)) as running:
        await running.screen.type("4G:ALECodeAction")
        await running.screen.press("Enter")
        await running.screen.shows("1) Foretype: add types")
        await running.screen.shows("Type number")
        await running.screen.type("1")
        await running.screen.press("Enter")
        await running.screen.shows("def area(w: int, h: int)")
        assert await running.written() == EDITED


async def test_an_explanation_opens_beside_the_text(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("4,5ForetypeExplain")
        await running.screen.shows("It multiplies **two** numbers.")
        assert "return w * h" in (await asked(upstream)).heard.content.decode()


async def test_an_answer_is_written_beside_the_text_and_the_next_question_goes_on(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(says_slowly("It multiplies\n", "**two** numbers: '日本'.", go_on=go_on), says("Areas"))
    upstream.always(says("Because of its shape."))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("4,5ForetypeChat what is this?")
        await running.screen.shows("It multiplies")
        go_on.set()
        await running.screen.shows("**two** numbers: '日本'.")
        said = (await asked(upstream)).heard.body["messages"][-1]["content"]
        assert "return w * h" in said
        assert "größe" not in said
        first = await desk.wire.answered("foretype/chat")
        await running.command("ForetypeChat why?")
        await running.screen.shows("Because of its shape.")
        again = await desk.wire.sent("foretype/chat", times=2)
        assert again["conversation"] == first["result"]["conversation"]
        assert await running.written() == CODE
        await running.command("ForetypeChat! and this?")
        assert "conversation" not in await desk.wire.sent("foretype/chat", times=3)


async def test_an_answer_that_is_stopped_stays_as_far_as_it_is_written(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins_saying("Half of it is here"))
    upstream.always(says("A title"))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("ForetypeChat go")
        await running.screen.shows("Half of it")
        await running.command("ForetypeStop")
        await asyncio.wait_for((await asked(upstream)).gone.wait(), PATIENCE_S)
        await running.screen.shows("> stopped")
        await running.screen.shows("Half of it")


async def test_a_conversation_goes_on_with_a_new_server_after_one_that_was_killed_while_it_answered(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins_saying("Half of it is here"))
    upstream.always(says("All of it."))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.command("ForetypeChat go")
        await running.screen.shows("Half of it")
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.until(lambda said: "code" in said.message, "the server's end")

        async def is_served_again() -> bool:
            await running.command("ForetypeChat! and now?")
            return len(desk.wire.server_pids) > 1

        await until(is_served_again, "a second server")
        await running.screen.shows("All of it.")


async def test_what_is_typed_as_suggested_stays_in_sight_and_asks_no_model_again(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(area(1, 2))"))
    async with vim(editors, desk, desk.file("a.py", CODE)) as running:
        await running.screen.type("Gopri")
        await running.screen.shows("print(area(1, 2))")
        requests = len(upstream.heard)
        await running.screen.type("nt(a")
        await running.cursor_is_behind("print(a")
        await running.screen.shows("print(area(1, 2))")
        assert len(upstream.heard) == requests
        await running.screen.press("Tab")
        await running.screen.press("Escape")
        assert (await running.written()).endswith("print(area(1, 2))\n")
