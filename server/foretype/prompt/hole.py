"""A hole in a file, laid out as a model family wants it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foretype.prompt.asked import Chunk, RawPrompt
from foretype.prompt.family import Family, filled


@dataclass(frozen=True)
class Hole:
    """The code around the cursor, and what is known of the file it stands in.

    `comment` is what begins a comment in the file's language.
    """

    prefix: str
    suffix: str
    path: str = "untitled"
    repository: str = "workspace"
    language: str = ""
    comment: str = "#"
    chunks: tuple[Chunk, ...] = ()


def rendered(family: Family, hole: Hole) -> RawPrompt:
    """The text whose continuation fills the hole; the stable part of it stands first."""
    if hole.chunks and not family.each_file:
        hole = with_chunks_as_comments(hole)
    template = family.repository if hole.chunks else family.template
    slots = {
        "prefix": hole.prefix,
        "suffix": hole.suffix,
        "path": on_one_line(hole.path),
        "repository": on_one_line(hole.repository),
        "language": on_one_line(hole.language),
        "comment": hole.comment,
        "files": "".join(laid_out(family, hole, chunk) for chunk in hole.chunks),
    }
    return RawPrompt(filled(template, slots))


def laid_out(family: Family, hole: Hole, chunk: Chunk) -> str:
    slots = {"path": on_one_line(chunk.path), "text": chunk.text, "comment": hole.comment}
    return filled(family.each_file, slots)


def with_chunks_as_comments(hole: Hole) -> Hole:
    """For families that know no other files: their text as comments above the prefix."""
    lines = []
    for chunk in hole.chunks:
        lines += [f"Path: {on_one_line(chunk.path)}", *chunk.text.splitlines()]
    commented = "".join(f"{hole.comment} {line}".rstrip() + "\n" for line in lines)
    return replace(hole, prefix=commented + hole.prefix, chunks=())


def on_one_line(name: str) -> str:
    return " ".join(name.split())
