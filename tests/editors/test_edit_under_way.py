"""An edit while it is written and after it, in real editors that are configured as the README says."""

from __future__ import annotations

import asyncio

import pytest

from editors.desk import Desk
from editors.helix import helix
from editors.install import Editors
from editors.model import asked, says, says_slowly
from editors.neovim import Neovim
from editors.patience import PATIENCE_S
from editors.test_edit import CODE, EDITED, TYPED, lines

from contract.upstream import Upstream

FLOAT = TYPED.replace("int", "float")
AGAIN = "Foretype: do the last edit once more, in another way"
SHORTER = "Foretype: make the last edit shorter"
STOP = "Foretype: stop what is being written"
EDITED_AGAIN = EDITED.replace(": int", ": float").replace("> int", "> float")
EDITED_SHORTER = CODE.replace("def area(w, h):\n    return w * h", "area = mul")


async def act(nvim: Neovim, kind: str) -> None:
    """Take the code action of this kind, as a key that is bound to it does."""
    await nvim.lua(f"vim.lsp.buf.code_action({{ context = {{ only = {{ '{kind}' }} }}, apply = true }})")


async def gone(upstream: Upstream) -> None:
    """Until the model has been hung up on."""
    await asyncio.wait_for((await asked(upstream)).gone.wait(), PATIENCE_S)


async def test_neovim_does_an_edit_again_and_shorter(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says(TYPED), says(FLOAT), says("```python\narea = mul\n```"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type("4GVj<C-k>add types<CR>")
    await desk.wire.answered("workspace/executeCommand", 1)
    await act(nvim, "refactor.rewrite.foretype.again")
    await nvim.lines_are(*lines(EDITED_AGAIN))
    await desk.wire.answered("workspace/executeCommand", 2)
    await act(nvim, "refactor.rewrite.foretype.shorter")
    await nvim.lines_are(*lines(EDITED_SHORTER))
    await nvim.type("u")
    await nvim.lines_are(*lines(EDITED_AGAIN))


@pytest.mark.parametrize("how", ["menu", "typed inside"])
async def test_neovim_stops_an_edit_that_is_being_written(
    nvim: Neovim, desk: Desk, upstream: Upstream, how: str
) -> None:
    upstream.will(says_slowly(TYPED[:40], go_on=asyncio.Event()))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type("4GVj<C-k>add types<CR>")
    await asked(upstream)
    if how == "menu":
        await act(nvim, "source.foretype.stop")
    else:
        await nvim.type("5GA  # mine<Esc>")
    await gone(upstream)
    await desk.wire.answered("workspace/executeCommand")
    wanted = CODE if how == "menu" else CODE.replace("w * h\n", "w * h  # mine\n")
    assert await nvim.lines() == lines(wanted)
    assert desk.wire.messages("server", "workspace/applyEdit") == []


async def test_helix_does_an_edit_again_and_shorter(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says(TYPED), says(FLOAT), says("```python\narea = mul\n```"))
    async with helix(editors, desk, desk.file("a.py", CODE)) as hx:
        await desk.wire.answered("initialize")
        await hx.type("5gg")
        await hx.choose("Foretype: Add types")
        await hx.screen.shows("-> int:")
        await desk.wire.answered("workspace/executeCommand", 1)
        await hx.choose(AGAIN)
        await hx.screen.shows("-> float:")
        await desk.wire.answered("workspace/executeCommand", 2)
        await hx.choose(SHORTER)
        await hx.screen.shows("area = mul")
        assert await hx.written() == EDITED_SHORTER
        await hx.type("u")
        await hx.screen.shows("-> float:")
        assert await hx.written() == EDITED_AGAIN


@pytest.mark.parametrize("how", ["menu", "typed inside"])
async def test_helix_stops_an_edit_that_is_being_written(
    editors: Editors, desk: Desk, upstream: Upstream, how: str
) -> None:
    upstream.will(says_slowly(TYPED[:40], go_on=asyncio.Event()))
    async with helix(editors, desk, desk.file("a.py", CODE)) as hx:
        await desk.wire.answered("initialize")
        await hx.type("5gg")
        await hx.choose("Foretype: Add types")
        await asked(upstream)
        if how == "menu":
            await hx.choose(STOP)
        else:
            await hx.type("5ggA  # mine<Escape>")
        await gone(upstream)
        await desk.wire.answered("workspace/executeCommand")
        assert await hx.written() == (CODE if how == "menu" else CODE.replace("w * h\n", "w * h  # mine\n"))
        assert desk.wire.messages("server", "workspace/applyEdit") == []


async def test_helix_keeps_what_is_typed_meanwhile(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    """The text moves while the answer is on its way, and the change still meets its lines."""
    go_on = asyncio.Event()
    upstream.will(says_slowly(TYPED[:40], TYPED[40:], go_on=go_on))
    async with helix(editors, desk, desk.file("a.py", CODE)) as hx:
        await desk.wire.answered("initialize")
        await hx.type("5gg")
        await hx.choose("Foretype: Add types")
        await asked(upstream)
        await hx.type("ggOimport sys<Escape>")
        go_on.set()
        await hx.screen.shows("-> int:")
        assert await hx.written() == f"import sys\n{EDITED}"
        await hx.type("u")
        assert await hx.written() == f"import sys\n{CODE}"
