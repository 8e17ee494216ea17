"""Local models that do not fit into the memory, and what the user could use in their place. Blocking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from foretype.config.model_trust import file_named_by
from foretype.config.settings import Role, Settings
from foretype.errors import ModelFileError
from foretype.models.ids import ModelId, Runs
from foretype.models.local_files import LocalFiles, LocalModel
from foretype.models.memory_fit import Memory, memory
from foretype.models.smaller import Smaller, TooLarge, smaller_than, too_large

MB = 1_000_000


@dataclass(frozen=True)
class Wish:
    """A model that does not fit, the roles that name it, and one that does, where there is one."""

    found: TooLarge
    roles: tuple[Role, ...]
    smaller: Smaller | None


def wish_for(
    file: str,
    named: Mapping[Role, Sequence[ModelId]],
    settings: Settings,
    files: LocalFiles,
    look: Callable[[], Memory | None] = memory,
) -> Wish | None:
    """What to do about a file that was not loaded; None where it would fit: something else is wrong then."""
    meant = {
        role: model
        for role, models in named.items()
        for model in on_disk(models, files)
        if file in (str(model.path), model.path.name)
    }
    if not meant:
        return None
    context = settings.local.context
    found = too_large(next(iter(meant.values())), context, room_in(settings, look()))
    if found is None:
        return None
    smaller = smaller_than(found, files, context)
    is_a_path = smaller is not None and file_named_by(smaller.id) is not None
    return Wish(found, tuple(meant), None if is_a_path else smaller)


def on_disk(models: Sequence[ModelId], files: LocalFiles) -> Iterator[LocalModel]:
    for model in models:
        with suppress(ModelFileError):
            if model.runs is Runs.LOCAL:
                yield files.find(model.name)


def room_in(settings: Settings, here: Memory | None) -> int:
    """What a model may take: what is free, and no more than the settings allow."""
    free = here.free if here else 1 << 62
    return min(free, settings.local.memory_mb * MB) if settings.local.memory_mb else free
