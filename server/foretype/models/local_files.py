"""Local models: from what a setting says to a file that may be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from foretype.errors import ModelFileError, ModelMissingError
from foretype.models.file_names import repository_file
from foretype.models.gguf import Header, read_header
from foretype.models.local_catalogue import Catalogue, CatalogueModel
from foretype.models.parts import all_names, is_later_part, part_name
from foretype.models.stores import OLLAMA, OWN, FoundFile, Stores

GIVEN = "your settings"


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
    def paths(self) -> tuple[Path, ...]:
        """Every file of it."""
        return tuple(self.path.with_name(name) for name in all_names(self.path.name))

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
        try:
            header, size_bytes = whole_model(found.path)
        except PartMissingError as problem:
            if found.store != OWN:
                raise
            sentence = f"{problem.missing} is missing: `foretype models pull local:{found.name}` goes on."
            raise ModelMissingError(sentence) from problem
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


class PartMissingError(ModelFileError):
    """A part of a model is not beside the others."""

    def __init__(self, missing: Path, first: Path) -> None:
        super().__init__(f"{missing} is missing, and {first.name} needs it; download it too.")
        self.missing = missing


def whole_model(path: Path) -> tuple[Header, int]:
    """The head of a model, with the weights of all its parts, and the bytes of all its files."""
    header = read_header(path)
    if header.parts == 1:
        return header, path.stat().st_size
    name = part_name(path.name)
    if header.part or name is None or name.part != 1 or name.parts != header.parts:
        raise ModelFileError(
            f"{path} is one of {header.parts} parts; name the first, which ends in -00001-of-…."
        )
    parts = [path.with_name(each) for each in name.names()]
    missing = next((part for part in parts if not part.is_file()), None)
    if missing is not None:
        raise PartMissingError(missing, path)
    size_bytes = sum(part.stat().st_size for part in parts)
    return replace(header, weights_bytes=size_bytes), size_bytes
