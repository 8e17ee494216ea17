"""Two editors at once on one file system, each with a server of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from editors.desk import Desk
from editors.emacs import EGLOT, LSP_MODE, completed, emacs
from editors.greeting import GREET, GREETING, suggesting
from editors.helix import helix_set_up
from editors.install import Editors
from editors.kate import kate
from editors.model import before_the_cursor, knows, says
from editors.neovim import Neovim
from editors.patience import until
from editors.plugin import plugged
from editors.vim import vim

from contract.upstream import Script, Upstream, Visit


async def test_both_are_served_and_the_end_of_one_server_is_not_the_others(
    both: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    other = desk.file("b.py", GREETING)
    async with plugged(both.neovim, desk) as nvim, helix_set_up(both, beside, other) as hx:
        await suggesting(nvim, desk, upstream)
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await hx.type_until_offered("geoprin", f"✨ {GREET}")
        await hx.take_offer(GREET)
        assert GREET in await hx.written()
        await nvim.attached()
        await nvim.type("n")
        await nvim.ghost_is(3, 4, "t(greet(1))")
    assert desk.wire.server_pid != beside.wire.server_pid


async def test_vim_and_lsp_mode_have_the_same_file_open_and_each_knows_its_own_text(
    editors: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    file = desk.file("a.py", GREETING)
    async with vim(editors, desk, file) as running, emacs(editors, beside, file, client=LSP_MODE) as screen:
        await running.screen.type("ggOonly_in_vim = 1")
        await running.screen.press("Escape")
        await running.screen.type("Gopri")
        await running.screen.shows(GREET)
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.until(lambda said: "code" in said.message, "the server's end")
        requests = len(upstream.visits)
        await screen.press("M->")
        await screen.type("pri")
        await screen.shows(GREET)
        for visit in upstream.visits[requests:]:
            assert "only_in_vim" not in before_the_cursor(visit)
        requests = len(upstream.visits)
        await running.keys_are_served_again()

        async def is_asked_about_vims_text() -> bool:
            return any("only_in_vim" in before_the_cursor(visit) for visit in upstream.visits[requests:])

        await until(is_asked_about_vims_text, "the text as Vim has it")
        await running.screen.shows(GREET)


async def test_neovim_alone_and_eglot_beside_it(
    nvim: Neovim, editors: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    async with emacs(editors, beside, desk.file("b.py", GREETING), client=EGLOT) as screen:
        await suggesting(nvim, desk, upstream)
        os.kill(beside.wire.server_pid, signal.SIGKILL)
        await nvim.type("n")
        await nvim.ghost_is(3, 4, "t(greet(1))")
        await beside.wire.sent("textDocument/didOpen", times=2)
        await screen.press("M->")
        await screen.type("prin")
        await completed(screen, f"✨ {GREET}", GREET)


async def test_two_kates_are_served_and_the_end_of_one_server_is_not_the_others(
    editors: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    head, wish, new = "def greet(name):\n    return name\n", "\n# !double it\nx = 1\n", "\nx = 2\n"
    async with (
        kate(editors, desk, desk.file("a.py", f"{head}\n{wish}")) as running,
        kate(editors, beside, beside.file("b.py", f"{head}\n{wish}")) as other,
    ):
        upstream.always(knows_and_says(GREET, f"```python{new}```"))
        for each in (running, other):
            await each.press("Down", "Down")
            await each.type("pri")
            await each.offers()
            await each.press("Tab")
            await each.until_disk_has(f"{head}{GREET}\n{wish}")
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.sent("textDocument/didOpen", times=2)
        await running.settled()
        for each in (other, running):
            await each.press("Down", "Down")
            await each.choose_first()
            await each.until_disk_has(f"{head}{GREET}\n{new}")
    assert (len(desk.wire.server_pids), len(beside.wire.server_pids)) == (2, 1)


def knows_and_says(line: str, words: str) -> Script:
    """Knows a line where it completes, and says these words where it is spoken to."""

    async def script(visit: Visit) -> None:
        await (says(words) if "messages" in visit.heard.body else knows(line))(visit)

    return script
