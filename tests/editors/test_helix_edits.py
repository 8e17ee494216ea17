"""Three ways to an edit in a real Helix, the newest and an old one, with the keys of `foretype setup`."""

from __future__ import annotations

import asyncio

from editors.desk import Desk
from editors.helix import asks_for_trust, helix_set_up
from editors.install import Editors
from editors.model import asked, goes_on_writing, knows, says, says_slowly
from editors.patience import PATIENCE_S

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = CODE.replace("def area(w, h)", "def area(w: int, h: int) -> int")


async def test_a_wish_in_a_comment_is_done_by_a_code_action(
    both: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    file = desk.file("a.py", CODE.replace("def area", "# !add types\ndef area"))
    async with helix_set_up(both, desk, file) as hx:
        await hx.type("4ggxx<Space>a")
        await hx.screen.shows("Foretype: add types")
        await hx.type("<Enter>")
        await hx.screen.shows("def area(w: int, h: int)")
        assert await hx.written() == EDITED


async def test_an_edit_by_a_key_shows_that_it_goes_on_and_one_undo_takes_it_back(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=go_on))
    async with helix_set_up(editors, desk, desk.file("a.py", CODE)) as hx:
        await hx.type("4ggxx<C-k>")
        await hx.screen.shows("%{selection_line_end}")
        await hx.type('add types"<Enter>')
        await hx.screen.shows("foretype: add types")
        await hx.type("gg")  # which it takes while the model writes
        go_on.set()
        await hx.screen.shows("def area(w: int, h: int)")
        command = await desk.wire.sent("workspace/executeCommand")
        assert command["arguments"][1:] == [4, 5, "add types"]
        await hx.type("u")
        assert await hx.written() == CODE


async def test_an_edit_by_a_pipe_replaces_exactly_the_selection(
    both: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    key = "<M-k>" if asks_for_trust(both) else "<C-k>"
    async with helix_set_up(both, desk, desk.file("a.py", CODE)) as hx:
        await hx.type(f"4ggxx{key}")
        await hx.screen.shows("foretype edit")
        await hx.type("add types<Enter>")
        await hx.screen.shows("def area(w: int, h: int)")
        assert await hx.written() == EDITED


async def test_typing_into_the_selection_stops_the_edit_and_the_model(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says_slowly(NEW[:40], go_on=asyncio.Event()))
    async with helix_set_up(editors, desk, desk.file("a.py", CODE)) as hx:
        await hx.type('4ggxx<C-k>add types"<Enter>')
        visit = await asked(upstream)
        await hx.type("i#")
        await asyncio.wait_for(visit.gone.wait(), PATIENCE_S)
        await hx.screen.shows("You typed where the edit was being made")  # until the next key
        await hx.type("<Escape>")
        assert await hx.written() == CODE.replace("def area", "#def area")


async def test_an_explanation_is_opened_as_a_document(both: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    async with helix_set_up(both, desk, desk.file("a.py", CODE)) as hx:
        await hx.type("4ggxx<Space>a")
        menu = [line for line in await hx.screen.shows("Foretype: Explain") if "Foretype: " in line]
        down = next(index for index, line in enumerate(menu) if "Foretype: Explain" in line)
        await hx.type("<Down>" * down + "<Enter>")
        await hx.screen.shows("It multiplies **two** numbers.")


async def test_the_menu_previews_the_suggestion_in_the_text(
    both: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(area(2, 3))"))
    async with helix_set_up(both, desk, desk.file("a.py", CODE + "\n")) as hx:
        await hx.type_until_offered("geoprin", "✨ print(area(2, 3))")
        await hx.take_offer("print(area(2, 3))")
        assert (await hx.written()).endswith("print(area(2, 3))\n")


async def test_typing_what_is_offered_keeps_it_in_the_menu_and_asks_no_model_again(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("print(area(2, 3))"))
    async with helix_set_up(editors, desk, desk.file("a.py", CODE + "\n")) as hx:
        await hx.type_until_offered("geopri", "✨ print(area(2, 3))")
        requests = len(upstream.heard)
        await hx.type_until_offered("nt", "✨ print(area(2, 3))")
        assert len(upstream.heard) == requests
        await hx.take_offer("print(area(2, 3))")
        assert (await hx.written()).endswith("print(area(2, 3))\n")


async def test_what_was_meant_for_another_place_is_never_offered_and_its_model_stops(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(goes_on_writing("nt("))
    upstream.always(knows("y = area(2, 3)"))
    async with helix_set_up(editors, desk, desk.file("a.py", CODE + "\n")) as hx:
        await hx.type("geopri")
        first = await asked(upstream)
        await hx.type("<Enter>")
        await hx.type_until_offered("y = are", "✨ area(2, 3)")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        assert not any("print" in line for line in await hx.screen.screen())
