"""Local models: from what a setting says to a file that may be loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foretype.errors import ModelFileError, ModelMissingError
from foretype.models.file_names import repository_file
from foretype.models.gguf import Header, read_header
from foretype.models.local_catalogue import Catalogue, CatalogueModel
from foretype.models.stores import OLLAMA, OWN, FoundFile, Stores

GIVEN = "your settings"
PART_OF_MANY = re.compile(r"(?P<stem>.*)-(?P<part>[0-9]{5})-of-(?P<parts>[0-9]{5})\.gguf", re.IGNORECASE)


@dataclass(frozen=True)
class LocalModel:
    """A file that was looked into, and is a model."""

    id: str
    path: Path
    size_bytes: int
    store: str
    header: Header
    entry: CatalogueModel | None = None

    @property
    def licence(self) -> str:
        return (self.entry.licence if self.entry else "") or self.header.licence or "not stated"


@dataclass(frozen=True)
class LocalFiles:
    """The models on this machine's disk; every method reads it, so not on the thread that serves."""

    stores: Stores
    catalogue: Catalogue

    def find(self, name: str) -> LocalModel:
        """What `local:<name>` means, checked; where it is not on disk the error says how to get it."""
        if is_path(name):
            path = Path(name)
            return self.checked(FoundFile(GIVEN, name, path, path.parent), None, may_lead_out=True)
        if "/" in name:
            repository, file = repository_file(name)
            entry = self.entry_of(repository, file)
            found = self._by_path(repository, file)
        else:
            entry = self.catalogue.named(name)
            found = self._of(entry)
        if found is None:
            wanted = entry.id if entry and "/" not in name else f"local:{name}"
            raise ModelMissingError(
                f"{wanted} is not on this machine: `foretype models pull {wanted}` downloads it."
            )
        return self.checked(found, entry)

    def all(self) -> Iterator[LocalModel | ModelFileError]:
        """Every model file that there is; one that is no model comes as what is wrong with it."""
        for found in self.stores.files():
            if is_later_part(found.path.name):
                continue
            try:
                yield self.checked(found, self.entry_for(found))
            except ModelFileError as problem:
                yield problem

    def entry_for(self, found: FoundFile) -> CatalogueModel | None:
        if found.store == OLLAMA:
            return next((each for each in self.catalogue if found.name in each.ollama), None)
        owner, _, rest = found.name.partition("/")
        name, _, file = rest.partition("/")
        return self.entry_of(f"{owner}/{name}", file)

    def entry_of(self, repository: str, file: str) -> CatalogueModel | None:
        return next((each for each in self.catalogue if each.is_meant_by(repository, file)), None)

    def own_path(self, repository: str, file: str) -> Path | None:
        """Where a downloaded file belongs."""
        own = self.stores.own
        return own.joinpath(*repository.split("/"), *file.split("/")) if own else None

    def _by_path(self, repository: str, file: str) -> FoundFile | None:
        own = self.own_path(repository, file)
        if own and self.stores.own and own.exists():
            return FoundFile(OWN, f"{repository}/{file}", own, self.stores.own)
        wanted = f"{repository}/{file}".lower()
        return next((each for each in self.stores.files() if each.name.lower() == wanted), None)

    def _of(self, entry: CatalogueModel) -> FoundFile | None:
        return next((each for each in self.stores.files() if self.entry_for(each) == entry), None)

    def checked(
        self, found: FoundFile, entry: CatalogueModel | None, *, may_lead_out: bool = False
    ) -> LocalModel:
        """A file whose name leads nowhere else and whose head is that of a model."""
        if not may_lead_out:
            stay_inside(found)
        header = read_header(found.path)
        size_bytes = found.path.stat().st_size
        if header.parts > 1:
            size_bytes = size_of_all_parts(found.path, header.parts)
        return LocalModel(entry.id if entry else found.id, found.path, size_bytes, found.store, header, entry)


def is_path(name: str) -> bool:
    return Path(name).is_absolute()


def stay_inside(found: FoundFile) -> None:
    """A link is followed only to where its own store keeps files; Hugging Face's cache is made of such."""
    try:
        real, root = found.path.resolve(strict=True), found.root.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ModelFileError(f"{found.path} leads nowhere; remove it or download it again.") from error
    if root not in real.parents:
        raise ModelFileError(
            f"{found.path} leads out of {found.root}, to {real}; name that file itself if it is meant."
        )


def is_later_part(name: str) -> bool:
    found = PART_OF_MANY.fullmatch(name)
    return found is not None and int(found["part"]) != 1


def size_of_all_parts(path: Path, parts: int) -> int:
    """A large model may lie in several files, and the first one is named for all of them."""
    found = PART_OF_MANY.fullmatch(path.name)
    if found is None or int(found["part"]) != 1 or int(found["parts"]) != parts:
        raise ModelFileError(f"{path} is one of {parts} parts; name the first, which ends in -00001-of-….")
    total = 0
    for part in range(1, parts + 1):
        other = path.with_name(f"{found['stem']}-{part:05}-of-{parts:05}.gguf")
        try:
            total += other.stat().st_size
        except OSError as error:
            raise ModelFileError(f"{other} is missing, and {path.name} needs it; download it too.") from error
    return total
