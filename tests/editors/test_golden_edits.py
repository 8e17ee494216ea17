"""Every golden edit in a real Neovim and a real Helix: the exact bytes of the file, and one undo."""

from __future__ import annotations

from editors.desk import Desk
from editors.golden import Table, play_in_helix, play_in_neovim
from editors.helix import helix
from editors.install import Editors
from editors.neovim import neovim

from contract.upstream import Upstream
from golden.edits import edit_cases, long_case

CASES = [*edit_cases(), long_case()]
# What they do to a file's end when they write it is the user's choice, and no part of an edit.
NEOVIM_LEAVES_THE_END = "vim.o.fixendofline = false\n"
HELIX_LEAVES_THE_END = "[editor]\ninsert-final-newline = false\n"


async def test_in_neovim(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    table = Table(desk, upstream)
    async with neovim(editors.neovim, desk, NEOVIM_LEAVES_THE_END) as nvim:
        for case in CASES:
            await play_in_neovim(nvim, case, table)
    assert table.wrong == {}


async def test_in_helix(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    table = Table(desk, upstream, open_before=1)
    languages = {case.language for case in CASES} - {"python"}
    first = desk.file("first.py", "\n")
    async with helix(editors, desk, first, HELIX_LEAVES_THE_END, sorted(languages)) as hx:
        await desk.wire.answered("initialize")
        for case in CASES:
            await play_in_helix(hx, case, table)
    assert table.wrong == {}
