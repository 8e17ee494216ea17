"""What fits into the memory where a model does not: a file that is here, else one of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from foretype.models.local_catalogue import CatalogueModel
from foretype.models.local_files import LocalFiles, LocalModel
from foretype.models.memory_fit import GB, gigabytes, needed_bytes


@dataclass(frozen=True)
class TooLarge:
    """A model on this disk, what it takes, and what there is."""

    model: LocalModel
    needed_bytes: int
    room_bytes: int

    def __str__(self) -> str:
        needed, room = gigabytes(self.needed_bytes), gigabytes(self.room_bytes)
        return f"{self.model.id} needs about {needed} of memory, and there is room for {room}"


@dataclass(frozen=True)
class Smaller:
    """A model to use in its place; `entry` is what the catalogue says of one that is not here yet."""

    id: str
    title: str
    needed_bytes: int
    entry: CatalogueModel | None = None

    @property
    def advice(self) -> str:
        """For whoever cannot be asked: what to do, as a command where one helps."""
        fits = f"{self.id} fits into {gigabytes(self.needed_bytes)}"
        return f"{fits}: `foretype models pull {self.id}`" if self.entry else f"{fits}, and is here"


def too_large(model: LocalModel, context_tokens: int, room_bytes: int) -> TooLarge | None:
    needed = needed_bytes(model.header, context_tokens)
    return TooLarge(model, needed, room_bytes) if needed > room_bytes else None


def smaller_than(found: TooLarge, files: LocalFiles, context_tokens: int) -> Smaller | None:
    """The largest that fits and can do the same: one for conversations is none for holes."""
    here = [each for each in here_in(files, found, context_tokens) if each.needed_bytes <= found.room_bytes]
    if here:
        return max(here, key=lambda each: each.needed_bytes)
    fills = found.model.header.hole is not None
    fitting = [
        entry
        for entry in files.catalogue
        if entry.is_usual and entry.fills_holes == fills and entry.ram_gb * GB <= found.room_bytes
    ]
    family = family_of(found.model.entry.name) if found.model.entry else ""
    best = max(fitting, key=lambda each: (family_of(each.name) == family, each.ram_gb), default=None)
    return Smaller(best.id, best.title, int(best.ram_gb * GB), best) if best else None


def family_of(name: str) -> str:
    """A catalogue name without its size."""
    return name.rpartition("-")[0]


def here_in(files: LocalFiles, found: TooLarge, context_tokens: int) -> Iterator[Smaller]:
    """The files on this disk that can do the same and that a setting can name."""
    for each in files.all():
        if not isinstance(each, LocalModel) or each.id == found.model.id:
            continue
        if bool(each.header.hole) == bool(found.model.header.hole):
            title = each.entry.title if each.entry else each.path.stem
            yield Smaller(each.id, title, needed_bytes(each.header, context_tokens))
