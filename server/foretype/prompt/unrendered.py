"""A hole read back out of a prompt that a client has laid out for some model."""

from __future__ import annotations

import re

from foretype.prompt.families import FAMILIES
from foretype.prompt.hole import Hole

SLOT = re.compile(r"\{(\w+)\}")


def unrendered(prompt: str) -> Hole | None:
    """The text around the hole; None where no family lays its holes out like that."""
    templates = dict.fromkeys(family.template for family in FAMILIES)
    return next((hole for template in templates if (hole := taken_apart(prompt, template))), None)


def taken_apart(prompt: str, template: str) -> Hole | None:
    """The slots of a template that has none but the two sides of the hole."""
    begin, first, middle, second, *end = SLOT.split(template)
    if {first, second} != {"prefix", "suffix"} or len(end) != 1:
        return None
    if not (prompt.startswith(begin) and prompt.endswith(end[0])):
        return None
    before, found, after = prompt[len(begin) : len(prompt) - len(end[0])].partition(middle)
    if not found:
        return None
    slots = {first: before, second: after}
    return Hole(slots["prefix"], slots["suffix"])
