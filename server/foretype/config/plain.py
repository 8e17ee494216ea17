"""Whatever a client or a file sends, cut down to plain values of a size that can be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from foretype.config.problems import Problem
from foretype.keys.key import HIDDEN

Plain = dict[str, object]

DEEPEST = 6
MOST_ENTRIES = 1024
LONGEST_TEXT = 8192
LONGEST_KEY_SHOWN = 60
MOST_PROBLEMS = 20
LOOKS_SECRET = re.compile(r"(hf_|sk-|Bearer )\S+")
EXACT_INTEGERS = 2.0**53


@dataclass
class Findings:
    """The problems of one source, as they are found."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def add(self, key: str, sentence: str) -> None:
        """Note a problem; past the first twenty only their number is kept."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(shown(key), self.source, sentence))
        else:
            self.unlisted += 1

    def take_in(self, complaints: Iterable[tuple[str, str]], unlisted: int) -> None:
        """Note what was found elsewhere."""
        for key, sentence in complaints:
            self.add(key, sentence)
        self.unlisted += unlisted

    def all(self) -> tuple[Problem, ...]:
        more = Problem("", self.source, f"{self.unlisted} more settings were not used")
        return (*self.problems, more) if self.unlisted else tuple(self.problems)


def shown(key: str) -> str:
    """A key as it may be shown: short, printable, and without a token that was pasted as one."""
    printable = "".join(c if c.isprintable() else "?" for c in key[: 2 * LONGEST_KEY_SHOWN])
    printable = LOOKS_SECRET.sub(lambda found: found[1] + HIDDEN, printable)
    return printable if len(printable) <= LONGEST_KEY_SHOWN else printable[: LONGEST_KEY_SHOWN - 1] + "…"


def dotted(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key


def plain_mapping(raw: Mapping[object, object], findings: Findings, path: str = "", depth: int = 1) -> Plain:
    """A copy with text keys and plain values; null is left out, and what cannot be kept is reported."""
    kept: Plain = {}
    for count, (key, value) in enumerate(raw.items()):
        if count >= MOST_ENTRIES:
            findings.add(path, f"has more than {MOST_ENTRIES} entries; the rest was not read")
            break
        if not isinstance(key, str) or not is_text(key):
            findings.add(path, "has a key that is not text")
        elif value is not None:
            keep_into(kept, key, value, findings, dotted(path, key), depth)
    return kept


def plain_list(raw: list[object], findings: Findings, path: str, depth: int) -> list[object]:
    """A copy of a list; an entry that cannot be kept is left out alone."""
    if len(raw) > MOST_ENTRIES:
        findings.add(path, f"has more than {MOST_ENTRIES} entries; the rest was not read")
    kept: Plain = {}
    for index, value in enumerate(raw[:MOST_ENTRIES]):
        keep_into(kept, str(index), value, findings, path, depth)
    return list(kept.values())


def keep_into(kept: Plain, key: str, value: object, findings: Findings, path: str, depth: int) -> None:
    if isinstance(value, Mapping | list) and depth >= DEEPEST:
        findings.add(path, "is nested too deep")
    elif isinstance(value, Mapping):
        kept[key] = plain_mapping(value, findings, path, depth + 1)
    elif isinstance(value, list):
        kept[key] = plain_list(value, findings, path, depth + 1)
    elif isinstance(value, float) and value.is_integer() and abs(value) <= EXACT_INTEGERS:
        kept[key] = int(value)
    elif (isinstance(value, str) and is_text(value)) or isinstance(value, bool | int | float | None):
        kept[key] = value
    else:
        findings.add(path, "is not a value that a setting can have")


def is_text(value: str) -> bool:
    """Whether this is text that can be written down: of a sane length, and all of it characters."""
    if len(value) > LONGEST_TEXT:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
