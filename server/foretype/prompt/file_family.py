"""The family of a model file: by its name, by the name in it, or by the words in its vocabulary."""

from __future__ import annotations

from collections.abc import Collection

from foretype.prompt.families import FAMILIES, family_of
from foretype.prompt.family import Family
from foretype.prompt.pieces import control_words


def all_template_words() -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for family in FAMILIES for word in control_words(family)))


def family_of_file(
    names: Collection[str], words: Collection[str], fill_words: tuple[str, str, str] | None
) -> Family | None:
    """None for a model that was not made to fill holes.

    A vocabulary that has the words of filling, in a file whose name says nothing, is taken at its word:
    prefix first, as most families are.
    """
    for name in names:
        family = family_of(name)
        if family is not None and all(word in words for word in control_words(family)):
            return family
    if fill_words is None:
        return None
    before, after, middle = fill_words
    return Family(
        name="of its vocabulary",
        models=r"(?!)",
        template=f"{before}{{prefix}}{after}{{suffix}}{middle}",
        control=fill_words,
        ends=(),
        stops=(),
        context_tokens=0,
    )
