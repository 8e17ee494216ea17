"""A prompt in pieces, for engines that build it of tokens: control words apart from what the user wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from foretype.prompt.family import Family
from foretype.prompt.hole import Hole, on_one_line, with_chunks_as_comments
from foretype.prompt.special_tokens import any_of

_SLOT = re.compile(r"\{(\w+)\}")


class Kind(Enum):
    """What a piece is: a control word, text with control words in it, or text in which none counts.

    Of a prompt that is too long, the prefix loses its top and the suffix its end.
    """

    CONTROL = "control"
    RAW = "raw"
    TEXT = "text"
    PREFIX = "prefix"
    SUFFIX = "suffix"


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


def pieces_of(family: Family, hole: Hole) -> tuple[Piece, ...]:
    """The same as the rendered template, with every piece known for what it is."""
    if hole.chunks and not family.each_file:
        hole = with_chunks_as_comments(hole)
    template = family.repository if hole.chunks else family.template
    return tuple(piece for piece in laid_out(template, family, hole) if piece.text)


def laid_out(template: str, family: Family, hole: Hole) -> Iterator[Piece]:
    for number, part in enumerate(_SLOT.split(template)):
        if number % 2 == 0:
            yield from words_in(part, family)
        elif part == "files":
            for chunk in hole.chunks:
                slots = {"path": on_one_line(chunk.path), "text": chunk.text, "comment": hole.comment}
                yield from filled(family, slots)
        else:
            yield in_slot(part, hole)


def filled(family: Family, slots: dict[str, str]) -> Iterator[Piece]:
    for number, part in enumerate(_SLOT.split(family.each_file)):
        if number % 2 == 0:
            yield from words_in(part, family)
        else:
            yield Piece(Kind.TEXT, slots[part])


def in_slot(name: str, hole: Hole) -> Piece:
    if name == "prefix":
        return Piece(Kind.PREFIX, hole.prefix)
    if name == "suffix":
        return Piece(Kind.SUFFIX, hole.suffix)
    text = str(getattr(hole, name))
    return Piece(Kind.TEXT, text if name == "comment" else on_one_line(text))


def words_in(text: str, family: Family) -> Iterator[Piece]:
    """The text of a template itself, split at the family's control words."""
    pattern = any_of(family.control)
    at = 0
    for found in pattern.finditer(text):
        yield Piece(Kind.TEXT, between(text[at : found.start()], family))
        yield Piece(Kind.CONTROL, found.group())
        at = found.end()
    yield Piece(Kind.TEXT, between(text[at:], family))


def between(text: str, family: Family) -> str:
    """Blanks around a control word that belong to the word, for vocabularies that put them there."""
    return text.strip(" ") if family.drops_leading_space_of_suffix else text


def control_words(family: Family) -> tuple[str, ...]:
    """The control words that the family's template is made of."""
    return tuple(any_of(family.control).findall(family.template))
