"""A model family: how its models want a hole laid out, and which words of theirs are not text."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_STOPS_ON_THE_WIRE = 4

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Family:
    """One row of the table.

    `template` lays out one file, `repository` a file after others, each of which `each_file` lays out;
    all three name their slots in braces. `control` are the words that the model's vocabulary holds as
    single tokens, `ends` those with which it ends, `stops` at most four for a server to stop at.
    A family that `needs_probe` has the words in its vocabulary, and no document says it was trained on them.
    """

    name: str
    models: str
    template: str
    control: tuple[str, ...]
    ends: tuple[str, ...]
    stops: tuple[str, ...]
    context_tokens: int
    repository: str = ""
    each_file: str = ""
    not_models: str = r"(?!)"
    begins_with_bos: bool = False
    drops_leading_space_of_suffix: bool = False
    needs_probe: bool = False

    @property
    def is_suffix_first(self) -> bool:
        return self.template.index("{suffix}") < self.template.index("{prefix}")

    def covers(self, model_name: str) -> bool:
        """True where this row is about the model of that (lower-case) name."""
        return bool(re.search(self.models, model_name)) and not re.search(self.not_models, model_name)


def filled(template: str, slots: dict[str, str]) -> str:
    """A template with its slots filled in one pass: what is put in is never searched for slots."""
    return _SLOT.sub(lambda slot: slots[slot.group(1)], template)
