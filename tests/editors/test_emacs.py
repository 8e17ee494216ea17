"""A real Emacs with eglot and with lsp-mode, as `foretype setup` sets them up, by its keys."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from editors.desk import Desk
from editors.emacs import LSP_MODE, command, completed, emacs
from editors.install import Editors
from editors.model import (
    asked,
    begins,
    goes_on_writing,
    knows,
    knows_ways,
    says,
    says_slowly,
    writes,
)
from editors.patience import PATIENCE_S, until
from editors.terminal import Terminal
from editors.wire import Said

from contract.upstream import Upstream, Visit

CODE = "größe = '日本'\n\n# !add types\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"


async def test_the_rest_of_the_line_is_completed(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    line = "print(größe)"
    upstream.always(knows(line))
    async with emacs(editors, desk, desk.file("a.py", CODE)) as screen:
        await screen.press("M->")
        await screen.type("prin")
        await completed(screen, f"✨ {line}", line)


async def test_what_was_meant_for_another_place_is_never_written_and_its_model_stops(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(goes_on_writing("nt("))
    upstream.always(knows("y = area(2, 3)"))
    async with emacs(editors, desk, desk.file("a.py", CODE)) as screen:
        await screen.press("M->")
        await screen.type("pri")
        await screen.press("C-M-i")
        first = await asked(upstream)
        await screen.press("Enter")
        await screen.type("y = are")
        await completed(screen, "✨ area(2, 3)", "y = area(2, 3)")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        assert not any("print" in line for line in await screen.screen())


async def test_a_wish_in_a_comment_is_done_and_undone(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    file = desk.file("a.py", CODE)
    async with emacs(editors, desk, file) as screen:
        await take_the_wish(screen)
        await screen.shows("def area(w: int, h: int)")
        await screen.press("C-x", "C-s")

        async def is_written() -> bool:
            return "-> int" in file.read_text() and "add types" not in file.read_text()

        await until(is_written, "the file that Emacs writes")
        await screen.press("C-/")
        await screen.shows("# !add types")


async def test_eglot_does_a_wish_in_a_comment_while_one_types_on(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=go_on))
    file = desk.file("a.py", CODE)
    async with emacs(editors, desk, file) as screen:
        await take_the_wish(screen)
        await asked(upstream)
        await screen.press("M-<")
        await screen.type("a, b = 1, 2")
        await screen.press("Enter")
        await screen.shows("a, b = 1, 2")
        go_on.set()
        await screen.shows("def area(w: int, h: int)")
        await screen.press("C-x", "C-s")
        await until(lambda: is_in(file, "-> int"), "the file that Emacs writes")
        new = CODE.replace("# !add types\ndef area(w, h)", "def area(w: int, h: int) -> int")
        assert file.read_text() == f"a, b = 1, 2\n{new}"
        await screen.press("C-/")
        await screen.shows("# !add types")
        await screen.shows("a, b = 1, 2")


async def test_a_new_server_is_there_after_one_that_was_killed_and_explains(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    async with emacs(editors, desk, desk.file("a.py", CODE)) as screen:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.sent("textDocument/didOpen", times=2)  # eglot starts it again by itself
        await screen.press("C-n", "C-n", "C-n")
        await command(screen, "eglot-code-actions")
        await screen.shows("Pick an action")
        await screen.type("Foretype: Explain")
        await screen.press("Enter")
        await screen.shows("It multiplies **two** numbers.")


async def test_lsp_mode_shows_ghost_text_and_tab_takes_it(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(größe)"))
    file = desk.file("a.py", CODE)
    async with emacs(editors, desk, file, client=LSP_MODE) as screen:
        await screen.press("M->")
        await screen.type("prin")
        await screen.shows("print(größe)")
        await screen.press("Tab")
        taken = await desk.wire.sent("workspace/executeCommand")
        assert taken["command"] == "foretype.accepted"
        await screen.press("C-x", "C-s")
        await until(lambda: is_in(file, "print(größe)"), "the file that Emacs writes")


async def test_lsp_mode_drops_ghost_text_at_another_key_and_stops_the_model(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins(""))
    upstream.always(knows("print(größe)"))
    async with emacs(editors, desk, desk.file("a.py", CODE), client=LSP_MODE) as screen:
        await screen.press("M->")
        await screen.type("pri")
        first = await asked(upstream)
        await screen.type("n")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        await screen.shows("print(größe)")
        await screen.type("x")
        await screen.shows("prinx")
        assert not any("größe)" in line for line in await screen.screen())


async def test_lsp_mode_does_a_wish_in_a_comment_while_one_types_on(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    go_on, known = asyncio.Event(), asyncio.Event()

    async def writes_late(visit: Visit) -> None:
        await known.wait()
        await writes("rint(größe)")(visit)

    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=go_on), writes_late)
    file = desk.file("a.py", CODE)
    async with emacs(editors, desk, file, client=LSP_MODE) as screen:
        await screen.press("C-n", "C-n")
        await command(screen, "lsp-execute-code-action")
        await screen.shows("Select code action")
        await screen.type("Foretype: add types")
        await screen.press("Enter")
        await asked(upstream)
        await screen.press("M->")
        await screen.type("p")
        await asked(upstream, 2)
        async with desk.wire.in_one_breath():
            known.set()
            await desk.wire.answered("textDocument/inlineCompletion")
            go_on.set()
            await desk.wire.until(is_edit, "the edit")
        await screen.shows("def area(w: int, h: int)")
        await screen.press("C-/")
        await screen.shows("# !add types")


async def test_lsp_mode_shows_what_is_left_of_a_suggestion_and_others_in_turn(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows_ways("print(größe)", "print(größe, 1)"))
    async with emacs(editors, desk, desk.file("a.py", CODE), client=LSP_MODE) as screen:
        await screen.press("M->")
        await screen.type("pri")
        await screen.shows("print(größe)")
        requests = len(upstream.heard)
        await screen.type("nt")
        await desk.wire.sent("textDocument/inlineCompletion", times=2)
        await screen.shows("print(größe)")
        assert len(upstream.heard) == requests
        await command(screen, "lsp-inline-completion-display")
        await screen.shows("Completion 1/2")
        await screen.press("C-n")
        await screen.shows("print(größe, 1)")


async def test_lsp_mode_starts_a_server_that_was_killed_again_and_it_explains(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(größe)"))
    async with emacs(editors, desk, desk.file("a.py", CODE), client=LSP_MODE) as screen:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.sent("textDocument/didOpen", times=2)
        await screen.press("M->")
        await screen.type("prin")
        await screen.shows("print(größe)")
        upstream.will(says("It multiplies **two** numbers."))
        await screen.press("M-<", "C-n", "C-n", "C-n")
        await command(screen, "lsp-execute-code-action")
        await screen.shows("Select code action")
        await screen.type("Foretype: Explain")
        await screen.press("Enter")
        await screen.shows("It multiplies **two** numbers.")
        assert "return w * h" in upstream.heard[-1].content.decode()


async def take_the_wish(screen: Terminal) -> None:
    """By the menu of eglot, at the comment."""
    await screen.press("C-n", "C-n")
    await command(screen, "eglot-code-actions")
    await screen.shows("Pick an action (default Foretype: add types)")
    await screen.press("Enter")


async def is_in(file: Path, text: str) -> bool:
    return text in file.read_text()


def is_edit(said: Said) -> bool:
    return bool(said.message.get("method") == "workspace/applyEdit")
