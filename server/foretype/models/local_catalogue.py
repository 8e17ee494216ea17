"""The local models that Foretype knows by name: where they come from, what they need, what to expect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foretype.errors import ModelFileError

FILE = "local_catalogue.json"


@dataclass(frozen=True)
class CatalogueModel:
    """A row; sizes are approximate and in decimal gigabytes, `file` is empty where only its kind is known."""

    name: str
    title: str
    repository: str
    file: str
    quantisation: str
    licence: str
    size_gb: float
    ram_gb: float
    context_tokens: int
    fills_holes: bool
    ollama: tuple[str, ...]
    notes: str
    sha256: str
    sha256_from: str

    @property
    def id(self) -> str:
        return f"local:{self.name}"

    @property
    def page(self) -> str:
        return f"https://huggingface.co/{self.repository}"

    def is_meant_by(self, repository: str, file: str) -> bool:
        """Whether a file of a repository is this model's."""
        if repository.lower() != self.repository.lower():
            return False
        if self.file:
            return file.rpartition("/")[2].lower() == self.file.lower()
        return is_of(file, self.quantisation)


@dataclass(frozen=True)
class Catalogue:
    models: tuple[CatalogueModel, ...]
    default: str
    as_of: str

    def __iter__(self) -> Iterator[CatalogueModel]:
        return iter(self.models)

    def find(self, name: str) -> CatalogueModel | None:
        return next((model for model in self.models if model.name == name.lower()), None)

    def named(self, name: str) -> CatalogueModel:
        """The model of a name; a name that is none is an error that names the nearest."""
        found = self.find(name)
        if found is not None:
            return found
        import difflib

        near = difflib.get_close_matches(name.lower(), [model.name for model in self.models], n=1, cutoff=0.5)
        hint = f"did you mean local:{near[0]}?" if near else "`foretype models list` names those there are."
        raise ModelFileError(f"There is no local model '{name}': {hint}")


def read_catalogue() -> Catalogue:
    """The catalogue that comes with Foretype."""
    written = json.loads((Path(__file__).parent / FILE).read_text(encoding="utf-8"))
    models = tuple(
        CatalogueModel(
            **{
                **row,
                "file": row["file"] or "",
                "sha256": row["sha256"] or "",
                "sha256_from": row["sha256_from"] or "",
                "ollama": tuple(row["ollama"]),
            }
        )
        for row in written["models"]
    )
    return Catalogue(models, written["default"], written["as_of"])


def is_of(file: str, quantisation: str) -> bool:
    """Whether a file's name says that it is the whole of a model in this quantisation."""
    name = file.rpartition("/")[2].lower()
    if not name.endswith(".gguf") or name.startswith("mmproj") or "imatrix" in name:
        return False
    stem = name.removesuffix(".gguf")
    return stem.endswith(("-" + quantisation.lower(), "." + quantisation.lower()))
