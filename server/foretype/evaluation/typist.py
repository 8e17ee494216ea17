"""A file typed from empty, key by key, by someone who takes every suggestion that is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.evaluation.subject import Subject
    from foretype.predictor.building import SourceFile

# Taking a suggestion costs a key, so one of a single character is not worth showing.
SHORTEST_SHOWN = 2


@dataclass
class Replay:
    """What happened while a file was typed; a suggestion counts once, however long it stays on the screen."""

    keys: int = 0
    accepted_keys: int = 0
    characters: int = 0
    shown: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def keys_saved(self) -> float:
        """The share of all keys that did not have to be pressed, the accepting ones counted as pressed."""
        return 1 - (self.keys + self.accepted_keys) / max(1, self.characters)

    def per_100_keys(self, count: int) -> float:
        return 100 * count / max(1, self.keys + self.accepted_keys)


def type_file(subject: Subject, file: SourceFile) -> Replay:
    """Type a file; indentation is the editor's work, so it costs no key and is not counted."""
    replay = Replay()
    subject.open(file.path, file.family, [""])
    lines = [line.rstrip() for line in file.text.splitlines()]
    at = 0
    while at < len(lines):
        indentation = len(lines[at]) - len(lines[at].lstrip())
        subject.edit(at, 1, [lines[at][:indentation]])
        at += _type_line(subject, lines, at, indentation, replay)
        subject.edit(at, 0, [""])
        replay.keys += 1
        replay.characters += 1
    return replay


def _type_line(subject: Subject, lines: list[str], at: int, column: int, replay: Replay) -> int:
    """Type a line from a column on, and say how many lines that has made."""
    line = lines[at]
    on_screen = ""
    while column < len(line):
        text = _shown(subject, at, column)
        if text:
            rest = "\n".join([line[column:], *lines[at + 1 : at + 1 + text.count("\n")]])
            is_right = text == rest
            if text != on_screen:
                replay.shown += 1
                replay.right += is_right
                replay.wrong += not is_right
            if is_right:
                replay.accepted_keys += 1
                replay.characters += sum(len(part.lstrip()) + 1 for part in text.split("\n")) - 1
                accepted = lines[at : at + 1 + text.count("\n")]
                subject.edit(at, 1, accepted)
                return len(accepted)
        on_screen = text[1:] if text[:1] == line[column] else ""
        column += 1
        replay.keys += 1
        replay.characters += 1
        subject.edit(at, 1, [line[:column]])
    return 1


def _shown(subject: Subject, at: int, column: int) -> str:
    """What stands on the screen after the cursor; empty if nothing is sure enough."""
    answer = subject.answer(at, column)
    if answer is None or answer.probability < subject.threshold or len(answer.text) < SHORTEST_SHOWN:
        return ""
    return "\n".join(part.rstrip() for part in answer.text.split("\n"))
