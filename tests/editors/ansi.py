"""A terminal's screen with its colours, read from the escape sequences that tmux captures it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

ESCAPE = re.compile(r"\x1b\[([0-9;:]*)m")
NORMAL = ("#14161b", "#b3261e", "#2e7d32", "#b58900", "#2b6cb0", "#8e44ad", "#00838f", "#c4c6cd")
BRIGHT = ("#4f5258", "#ffc0b9", "#b3f6c0", "#fce094", "#a6dbff", "#ffcaff", "#8cf8f7", "#eef1f8")
STEPS = (0, 95, 135, 175, 215, 255)


@dataclass(frozen=True)
class Style:
    """How characters look; None is the terminal's own colour."""

    foreground: str | None = None
    background: str | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


@dataclass(frozen=True)
class Run:
    """Neighbouring characters that look the same."""

    text: str
    style: Style


SWITCHES: dict[int, Callable[[Style], Style]] = {
    1: lambda style: replace(style, bold=True),
    3: lambda style: replace(style, italic=True),
    4: lambda style: replace(style, underline=True),
    7: lambda style: replace(style, reverse=True),
    22: lambda style: replace(style, bold=False),
    23: lambda style: replace(style, italic=False),
    24: lambda style: replace(style, underline=False),
    27: lambda style: replace(style, reverse=False),
}


def runs(screen: Sequence[str]) -> list[list[Run]]:
    """The screen, line by line; a style holds until it is changed, over the ends of lines too."""
    style, lines = Style(), []
    for line in screen:
        found = []
        for number, part in enumerate(ESCAPE.split(line)):
            if number % 2:
                style = changed(style, part)
            elif part:
                found.append(Run(part, style))
        lines.append(found)
    return lines


def changed(style: Style, codes: str) -> Style:
    numbers = iter([int(code.partition(":")[0] or 0) for code in codes.split(";")])
    for number in numbers:
        if number == 0:
            style = Style()
        elif number in SWITCHES:
            style = SWITCHES[number](style)
        elif number in (38, 48):
            style = coloured(style, number == 48, extended(numbers))
        elif number in (39, 49):
            style = coloured(style, number == 49, None)
        elif (colour := basic(number)) is not None:
            style = coloured(style, number // 10 in (4, 10), colour)
    return style


def coloured(style: Style, is_background: bool, colour: str | None) -> Style:
    return replace(style, background=colour) if is_background else replace(style, foreground=colour)


def basic(number: int) -> str | None:
    """One of the sixteen colours that have numbers of their own."""
    tens, index = divmod(number, 10)
    if index > 7 or tens not in (3, 4, 9, 10):
        return None
    return (NORMAL if tens in (3, 4) else BRIGHT)[index]


def extended(numbers: Iterator[int]) -> str:
    """A colour by its three parts, or by its place in the table of 256."""
    if next(numbers) == 2:
        return hexadecimal(next(numbers), next(numbers), next(numbers))
    index = next(numbers)
    if index < 16:
        return (NORMAL + BRIGHT)[index]
    if index >= 232:
        return hexadecimal(*[8 + 10 * (index - 232)] * 3)
    index -= 16
    return hexadecimal(STEPS[index // 36], STEPS[index // 6 % 6], STEPS[index % 6])


def hexadecimal(red: int, green: int, blue: int) -> str:
    return f"#{red:02x}{green:02x}{blue:02x}"
