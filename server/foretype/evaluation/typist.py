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
    for number, line in enumerate(lines):
        indentation = len(line) - len(line.lstrip())
        subject.edit(number, 1, [line[:indentation]])
        _type_line(subject, number, line, indentation, replay)
        subject.edit(number + 1, 0, [""])
        replay.keys += 1
        replay.characters += 1
    return replay


def _type_line(subject: Subject, number: int, line: str, column: int, replay: Replay) -> None:
    on_screen = ""
    while column < len(line):
        answer = subject.answer(number, column)
        if answer and answer.probability >= subject.threshold and len(answer.text) >= SHORTEST_SHOWN:
            text = answer.text.rstrip()
            is_right = text == line[column:]
            if text != on_screen:
                replay.shown += 1
                replay.right += is_right
                replay.wrong += not is_right
            if is_right:
                replay.accepted_keys += 1
                replay.characters += len(text)
                subject.edit(number, 1, [line])
                return
            on_screen = text
        else:
            on_screen = ""
        on_screen = on_screen[1:] if on_screen[:1] == line[column] else ""
        column += 1
        replay.keys += 1
        replay.characters += 1
        subject.edit(number, 1, [line[:column]])
