"""A real Emacs with eglot, as `foretype setup emacs` sets it up: completion, and an edit by a code action."""

from __future__ import annotations

from editors.desk import Desk
from editors.emacs import emacs
from editors.install import Editors
from editors.model import knows, says
from editors.patience import until

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n# !add types\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"


async def test_the_rest_of_the_line_is_completed(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    line = "print(größe)"
    upstream.always(knows(line))
    async with emacs(editors, desk, desk.file("a.py", CODE)) as screen:
        await screen.press("M->")
        await screen.type("prin")

        async def is_completed() -> bool:
            """Asked again: a model may need longer than Emacs waits, and what it wrote is remembered."""
            await screen.press("C-M-i")
            return any(line in shown for shown in await screen.screen())

        await until(is_completed, line)


async def test_a_wish_in_a_comment_is_done_and_undone(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    file = desk.file("a.py", CODE)
    async with emacs(editors, desk, file) as screen:
        await screen.press("C-n", "C-n")
        await screen.press("M-x")
        await screen.type("eglot-code-actions")
        await screen.press("Enter")
        await screen.shows("Pick an action (default Foretype: add types)")
        await screen.press("Enter")
        await screen.shows("def area(w: int, h: int)")
        await screen.press("C-x", "C-s")

        async def is_written() -> bool:
            return "-> int" in file.read_text() and "add types" not in file.read_text()

        await until(is_written, "the file that Emacs writes")
        await screen.press("C-/")
        await screen.shows("# !add types")
