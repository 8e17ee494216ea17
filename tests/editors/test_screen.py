"""What a user of Neovim sees on the screen, and the picture that the README shows of one."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from editors.ansi import Run, Style, runs
from editors.desk import Desk
from editors.install import Editors
from editors.model import knows
from editors.neovim import neovim_on_screen
from editors.picture import svg

from contract.upstream import Upstream

SVG = "{http://www.w3.org/2000/svg}"


async def test_ghost_text_stands_behind_the_cursor_in_a_colour_of_its_own(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows("shout('é😀', name)"))
    async with neovim_on_screen(editors, desk, desk.file("a.py", "name = 'world'\n\n")) as screen:
        await screen.type("Gishout('é")
        shown = await screen.shows("shout('é😀', name)")
        column, row = await screen.cursor()
        seen = runs(await screen.screen(with_colours=True))[row]
    assert (shown[row], column) == ("shout('é😀', name)", len("shout('é"))
    assert seen[-1].text == "😀', name)"
    assert seen[-1].style.foreground not in [run.style.foreground for run in seen[:-1]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain", Style()),
        ("\x1b[1;3;4mtext", Style(bold=True, italic=True, underline=True)),
        ("\x1b[1;3;4;7m\x1b[22;23;24;27mtext", Style()),
        ("\x1b[38;2;1;2;255;48;2;0;0;16mtext", Style("#0102ff", "#000010")),
        ("\x1b[38;5;196mtext", Style("#ff0000")),
        ("\x1b[38;5;232mtext", Style("#080808")),
        ("\x1b[31;102mtext", Style("#b3261e", "#b3f6c0")),
        ("\x1b[31;42;1m\x1b[39;49mtext", Style(bold=True)),
        ("\x1b[7m\x1b[mtext", Style()),
    ],
)
def test_escape_sequences_are_styles(line: str, expected: Style) -> None:
    ((run,),) = runs([line])
    assert run.style == expected


def test_a_style_holds_over_the_end_of_a_line() -> None:
    bold = Style(bold=True)
    assert runs(["a\x1b[1mb", "c"]) == [[Run("a", Style()), Run("b", bold)], [Run("c", bold)]]


def test_a_picture_has_every_character_in_its_cell() -> None:
    drawn = ElementTree.fromstring(svg(["日<&> \x1b[1m x"], 20, (2, 0), "a & b"))
    texts = drawn.findall(f"{SVG}text")
    assert [text.text for text in texts] == ["日<&>", "x"]
    assert [float(text.attrib["x"]) for text in texts] == pytest.approx([12, 12 + 7 * 8.4])
    assert [float(text.attrib["textLength"]) for text in texts] == pytest.approx([5 * 8.4, 8.4])
    assert drawn.findtext(f"{SVG}title") == "a & b"
