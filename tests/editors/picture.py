"""A picture of a terminal's screen, as SVG."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from editors.ansi import Run, Style, runs

CELL_WIDTH, CELL_HEIGHT = 8.4, 18.0
MARGIN = 12.0
FONT = "ui-monospace, 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"
BASELINE = 0.74


def svg(screen: Sequence[str], width: int, cursor: tuple[int, int], title: str) -> str:
    """The screen with its cursor, a thin one as it is where text goes in."""
    across, down = 2 * MARGIN + width * CELL_WIDTH, 2 * MARGIN + len(screen) * CELL_HEIGHT
    column, row = cursor
    size = f'viewBox="0 0 {across:g} {down:g}" width="{across:g}" height="{down:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="14" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        *(part for number, line in enumerate(runs(screen)) for part in drawn_line(line, number)),
        rectangle(x_of(column), y_of(row), 1.6, CELL_HEIGHT, FOREGROUND),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def drawn_line(line: Sequence[Run], row: int) -> Iterator[str]:
    column = 0
    for run in line:
        cells = sum(map(cells_of, run.text))
        yield from drawn_run(run, column, row, cells)
        column += cells


def drawn_run(run: Run, column: int, row: int, cells: int) -> Iterator[str]:
    foreground, background = colours(run.style)
    x, y, width = x_of(column), y_of(row), cells * CELL_WIDTH
    if background != BACKGROUND:
        yield rectangle(x, y, width, CELL_HEIGHT, background)
    text = run.text.rstrip()
    if text:
        indent = len(text) - len(text.lstrip())
        length = sum(map(cells_of, text.lstrip())) * CELL_WIDTH
        yield (
            f'<text x="{x + indent * CELL_WIDTH:g}" y="{y + BASELINE * CELL_HEIGHT:g}" fill="{foreground}" '
            f'textLength="{length:g}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"{looks(run.style)}>'
            f"{escape(text.lstrip())}</text>"
        )


def looks(style: Style) -> str:
    words = {
        ' font-weight="bold"': style.bold,
        ' font-style="italic"': style.italic,
        ' text-decoration="underline"': style.underline,
    }
    return "".join(word for word, is_so in words.items() if is_so)


def colours(style: Style) -> tuple[str, str]:
    foreground, background = style.foreground or FOREGROUND, style.background or BACKGROUND
    return (background, foreground) if style.reverse else (foreground, background)


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def x_of(column: int) -> float:
    return MARGIN + column * CELL_WIDTH


def y_of(row: int) -> float:
    return MARGIN + row * CELL_HEIGHT


def cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
