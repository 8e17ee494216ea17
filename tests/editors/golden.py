"""Golden edits as somebody makes them in a real editor: a selection, a key, words; then one undo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from editors.desk import Desk
from editors.helix import Helix
from editors.model import says
from editors.neovim import Neovim
from editors.patience import until

from contract.upstream import Upstream
from golden.edits import EditCase

ENDINGS = {"markdown": "md", "python": "py", "rust": "rs", "typescript": "ts"}


@dataclass(frozen=True)
class Spot:
    """What is selected: its two ends as lines and characters, counted from 0, or one place twice."""

    start: tuple[int, int]
    end: tuple[int, int]
    is_whole_lines: bool

    @property
    def is_cursor(self) -> bool:
        return self.start == self.end

    @property
    def last_line(self) -> int:
        line, column = self.end
        return line - 1 if not column and not self.is_cursor else line


def spot_of(case: EditCase) -> Spot:
    start, end = (place(case.text, offset) for offset in (case.start, case.end))
    ends_line = end[1] == 0 or case.text[case.end : case.end + 1] in ("", "\n")
    return Spot(start, end, case.start != case.end and start[1] == 0 and ends_line)


def place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


class Table:
    """Cases one after the other in one editor: what went otherwise than it should, by case."""

    def __init__(self, desk: Desk, upstream: Upstream, open_before: int = 0) -> None:
        self._desk = desk
        self._upstream = upstream
        self._open_before = open_before
        self._edits = 0
        self.wrong: dict[str, object] = {}

    def begin(self, case: EditCase) -> Path:
        self._edits += 1
        self._upstream.will(says(case.model, word="length" if case.was_cut_off else "stop"))
        name = f"case{self._edits}.{ENDINGS.get(case.language, case.language)}"
        return self._desk.file(name, case.before)

    async def opened(self) -> None:
        await self._desk.wire.sent("textDocument/didOpen", self._open_before + self._edits)

    async def said(self, case: EditCase) -> None:
        """The server's last word on the edit, which it has when the editor's text shows it."""
        answer = await self._desk.wire.answered("workspace/executeCommand", self._edits)
        problem = answer["result"]["problem"] if "result" in answer else answer
        if case.refused not in problem or bool(problem) != bool(case.refused):
            self.wrong[f"{case}: said"] = problem

    def compare(self, case: EditCase, when: str, seen: bytes, wanted: str) -> None:
        if seen != wanted.encode():
            self.wrong[f"{case}: {when}"] = (seen.decode(), wanted)


async def play_in_neovim(nvim: Neovim, case: EditCase, table: Table) -> None:
    file = table.begin(case)
    await nvim.edit(file)
    await table.opened()
    await select_in_neovim(nvim, spot_of(case))
    await nvim.type(f"<C-k>{case.asked.replace('<', '<lt>')}<CR>")
    await table.said(case)
    await nvim.type("<Esc>")  # past what it has said, if that was much
    for when, wanted in (("edited", case.otherwise.get("neovim", case.after)), ("undone", case.before)):
        await nvim.call("nvim_cmd", {"cmd": "write", "bang": True}, {})
        table.compare(case, when, file.read_bytes(), wanted)
        if case.refused:
            break
        await nvim.call("nvim_cmd", {"cmd": "undo"}, {})


async def select_in_neovim(nvim: Neovim, spot: Spot) -> None:
    lines = await nvim.lines()
    await put_cursor(nvim, lines, spot.start)
    if spot.is_cursor:
        return
    await nvim.type("V" if spot.is_whole_lines else "v")
    is_behind_line = spot.end[1] == 0
    last = len(lines[spot.last_line]) if is_behind_line else spot.end[1]
    await put_cursor(nvim, lines, (spot.last_line, max(0, last - 1)))


async def put_cursor(nvim: Neovim, lines: list[str], place: tuple[int, int]) -> None:
    line, column = place
    await nvim.call("nvim_win_set_cursor", 0, [line + 1, len(lines[line][:column].encode())])


async def play_in_helix(hx: Helix, case: EditCase, table: Table) -> None:
    file = table.begin(case)
    hx.file = file
    await hx.type(f":open {file.name}<Enter>")
    await table.opened()
    await ask_in_helix(hx, case, file)
    await table.said(case)
    for when, wanted in (("edited", case.otherwise.get("helix", case.after)), ("undone", case.before)):
        table.compare(case, when, await bytes_in_helix(hx, wanted), wanted)
        if case.refused:
            break
        await hx.type("u")


async def ask_in_helix(hx: Helix, case: EditCase, file: Path) -> None:
    """By the README's key, which knows of lines; what is less than a line is named on the command line."""
    spot = spot_of(case)
    if spot.is_whole_lines:
        count = spot.last_line - spot.start[0] + 1
        words = json.dumps(case.asked, ensure_ascii=False)[1:].replace("%", "%%")
        await hx.type(f"{spot.start[0] + 1}gg{count}x<C-k>")
        await hx.screen.shows("%{selection_line_end}")
        await hx.type(f"{words}<Enter>")
        return
    lines = case.before.split("\n")
    start, end = position(lines, spot.start), position(lines, spot.end)
    where = {"position": start} if spot.is_cursor else {"range": {"start": start, "end": end}}
    wish = json.dumps({"uri": file.as_uri(), "instruction": case.asked, **where}).replace("%", "%%")
    await hx.type(f":lsp-workspace-command foretype.edit {wish}<Enter>")


def position(lines: list[str], place: tuple[int, int]) -> dict[str, int]:
    """In bytes, as Helix and the server have agreed."""
    line, column = place
    return {"line": line, "character": len(lines[line][:column].encode())}


async def bytes_in_helix(hx: Helix, wanted: str) -> bytes:
    """What Helix writes; it says when it has written, but not that anew for each time."""
    hx.file.unlink()
    await hx.type(":write!<Enter>")

    async def look() -> bool:
        return hx.file.exists() and hx.file.read_bytes() == wanted.encode()

    try:
        await until(look, "the file that Helix writes")
    except AssertionError:
        return hx.file.read_bytes() if hx.file.exists() else b"(nothing)"
    return wanted.encode()
