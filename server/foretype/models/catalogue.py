"""The catalogue: what is known beforehand of models worth naming; any other works without standing in it.

A model that `local_catalogue.json` has too is described there, and its row here refers to that one.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from foretype.config.settings import Role
from foretype.models.local_catalogue import CatalogueModel, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "catalogue.json"
KINDS = ("chat", "code", "reasoning", "vision", "embeddings", "image", "audio", "functions", "small")


@dataclass(frozen=True)
class KnownFile:
    """A file that a model can be had in; what is None was not recorded."""

    repository: str
    file: str | None
    quantisation: str | None
    gigabytes: float | None


@dataclass(frozen=True)
class Entry:
    """One model. `name` is what servers and files call it, `local` what `local:` calls it where it can be
    pulled; a None says that nobody here knows.

    `served` is whether a provider was seen to serve it when the catalogue was dated, `default_for` the
    roles that it takes where nothing is set.
    """

    id: str
    name: str
    title: str
    kinds: tuple[str, ...]
    roles: tuple[Role, ...]
    fills: bool | None
    system: bool | None
    tools: bool | None
    vision: bool | None
    context_tokens: int | None
    licence: str
    files: tuple[KnownFile, ...]
    cache_kib_per_token: float | None
    memory_gb_at_8k: float | None
    served: bool | None
    providers: tuple[str, ...]
    default_for: tuple[Role, ...]
    note: str
    sources: tuple[str, ...]
    local: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Every entry, the day they were gathered, and where from."""

    dated: str
    sources: Mapping[str, str]
    entries: tuple[Entry, ...]

    def find(self, name: str) -> Entry | None:
        """The entry of a model, by its repository or by the name that servers and files have for it."""
        wanted = name.lower()
        for entry in self.entries:
            in_another_file = bool(entry.local) and wanted.startswith(f"{entry.local}:")
            if in_another_file or wanted in (entry.id.lower(), entry.name, entry.local):
                return entry
        last = wanted.rpartition("/")[2]
        return next((entry for entry in self.entries if entry.name == last), None)

    def default_for(self, role: Role) -> Entry | None:
        return next((entry for entry in self.entries if role in entry.default_for), None)


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    written = json.loads((Path(__file__).parent / FILE).read_text(encoding="utf-8"))
    return catalogue_of(written)


def catalogue_of(written: Mapping[str, Any]) -> Catalogue:
    pulled: dict[str, tuple[CatalogueModel, ...]] = {}
    for model in read_catalogue():
        name = model.name.partition(":")[0]
        pulled[name] = (*pulled.get(name, ()), model)
    entries = tuple(entry_of(row, pulled) for row in written["models"])
    return Catalogue(written["dated"], MappingProxyType(dict(written["sources"])), entries)


def entry_of(row: Mapping[str, Any], pulled: Mapping[str, tuple[CatalogueModel, ...]]) -> Entry:
    """One row, its lists as tuples; a key too many or too few is an error, and so is a fact said twice."""
    lists: dict[str, Any] = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    lists["files"] = tuple(KnownFile(**file) for file in row["files"])
    if "local" not in row:
        return Entry(**{**row, **lists})
    models = pulled[row["local"]]
    lists["files"] = (*map(file_of, models), *lists["files"])
    return Entry(**{**row, **lists}, **facts_of(models[0]))


def facts_of(model: CatalogueModel) -> dict[str, Any]:
    return {
        "title": model.title,
        "licence": model.licence,
        "context_tokens": model.context_tokens,
        "fills": model.fills_holes,
        "memory_gb_at_8k": model.ram_gb,
    }


def file_of(model: CatalogueModel) -> KnownFile:
    return KnownFile(model.repository, model.file or None, model.quantisation, model.size_gb)
