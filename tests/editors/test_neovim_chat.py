"""Chat by keystrokes in a real Neovim that has no plugin of ours."""

from __future__ import annotations

from functools import partial

from editors.desk import Desk
from editors.neovim import Neovim

from contract.upstream import Upstream
from e2e.chatting import begins, says

OPEN = """
local client = vim.lsp.get_clients({ name = 'foretype' })[1]
client:exec_cmd({ title = 'chat', command = 'foretype.chat' }, { bufnr = 0 })
"""


async def shows(nvim: Neovim, *wanted: str) -> None:
    async def look() -> bool:
        text = "\n".join(await nvim.lines())
        return all(each in text for each in wanted)

    await nvim.until(look, f"{wanted} in the buffer")


async def open_chat(nvim: Neovim, desk: Desk) -> None:
    """A command, as a key would be bound to it; the cursor is where the question goes."""
    config = desk.home / "foretype" / "config" / "config.toml"
    config.write_text(config.read_text().replace("[models]\n", '[models]\nchat = ["lab:talker"]\n'))
    await nvim.edit(desk.file("a.py", "x = 1\n"))
    await nvim.lua(OPEN)
    await shows(nvim, "<!-- foretype chat ", "## You")
    await nvim.attached()
    await nvim.type("Go")


async def choose(nvim: Neovim, key: str = "gra") -> None:
    """The code action at the cursor, the only one that is offered here."""
    await nvim.type(f"<Esc>{key}")
    await nvim.until(partial(has_list, nvim), "the list of actions")
    await nvim.type("1<CR>")


async def has_list(nvim: Neovim) -> bool:
    return await nvim.mode() == "c"


async def test_a_question_is_typed_sent_and_answered_in_place(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(says("A title"))
    upstream.will(says("It is **one**.\n", "\n```python\nx = 1\n```\n"))
    await open_chat(nvim, desk)
    await nvim.type("What is x?")
    await choose(nvim)
    answer = "It is **one**.\n\n```python\nx = 1\n```"
    await shows(nvim, f"What is x?\n\n## Foretype · lab:talker\n\n{answer}\n\n## You")
    await upstream.heard_requests(2)
    upstream.will(says("Still one."))
    await nvim.type("GoAnd now?")
    await choose(nvim)
    await shows(nvim, "## You\n\nAnd now?\n\n## Foretype · lab:talker\n\nStill one.\n\n## You")
    assert await nvim.mode() == "n"


async def test_who_types_on_while_it_is_answered_keeps_what_was_typed(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(says("A title"))
    upstream.will(begins("one\n", "two\n"))
    await open_chat(nvim, desk)
    await nvim.type("Count!")
    await choose(nvim)
    await shows(nvim, "one\ntwo")
    await nvim.type("Go<CR>## You<CR><CR>next")
    await shows(nvim, "next")
    await choose(nvim)
    await shows(nvim, "## Foretype · lab:talker · stopped\n\none\ntwo\n\n## You\n\nnext")
