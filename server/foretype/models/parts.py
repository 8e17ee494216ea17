"""A large model lies in several files, and is named by the first of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

PART_OF_MANY = re.compile(r"(?P<stem>.*)-(?P<part>[0-9]{5})-of-(?P<parts>[0-9]{5})\.gguf", re.IGNORECASE)


@dataclass(frozen=True)
class PartName:
    """What a file's name says of its place among the parts of a model."""

    stem: str
    part: int
    parts: int

    def names(self) -> tuple[str, ...]:
        """Every part's name, the first one first."""
        return tuple(f"{self.stem}-{part:05}-of-{self.parts:05}.gguf" for part in range(1, self.parts + 1))


def part_name(name: str) -> PartName | None:
    """None for a model that is one file."""
    found = PART_OF_MANY.fullmatch(name)
    return PartName(found["stem"], int(found["part"]), int(found["parts"])) if found else None


def is_later_part(name: str) -> bool:
    found = part_name(name)
    return found is not None and found.part != 1


def all_names(name: str) -> tuple[str, ...]:
    """The names of all files of the model that a file belongs to."""
    found = part_name(name)
    return found.names() if found else (name,)
