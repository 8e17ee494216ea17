"""Which version of an editor is on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.editors.recipe import Machine

NUMBERS = re.compile(r"(\d+)\.(\d+)")


@dataclass(frozen=True)
class Found:
    """A program and the first line that it says of itself; `version` is (0, 0) where that has no number."""

    program: str
    line: str
    version: tuple[int, int]


def found(machine: Machine, *programs: str, option: str = "--version") -> Found | None:
    """The first of these programs that runs here."""
    for program in programs:
        said = machine.run((program, option)).strip()
        if said:
            line = said.splitlines()[0].strip()
            numbers = NUMBERS.search(line)
            version = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
            return Found(program, line, version)
    return None


def told(editor: Found | None, name: str) -> str:
    return editor.line if editor else f"{name} was not found on this machine"
