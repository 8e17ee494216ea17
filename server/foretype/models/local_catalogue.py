"""The local models that Foretype knows by name: where they come from, what they need, what to expect."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foretype.errors import ModelFileError

FILE = "local_catalogue.json"


@dataclass(frozen=True)
class CatalogueModel:
    """A model in one file; sizes are approximate and in decimal gigabytes.

    `file` is empty where only its kind is known. `revision` is the version of the repository whose file has
    this checksum; it is empty where no checksum was published, or not for which version.
    """

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
    revision: str
    sha256: str
    sha256_from: str

    @property
    def id(self) -> str:
        return f"local:{self.name}"

    @property
    def is_usual(self) -> bool:
        """Whether the model's plain name means this file, and not the name with a quantisation behind it."""
        return ":" not in self.name

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
        wanted = name.lower()
        return next(
            (
                model
                for model in self.models
                if wanted in (model.name, f"{model.name}:{model.quantisation.lower()}")
            ),
            None,
        )

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
    models = tuple(model for row in written["models"] for model in models_of(row))
    return Catalogue(models, written["default"], written["as_of"])


def models_of(row: Mapping[str, Any]) -> Iterator[CatalogueModel]:
    """A row's model, and then the other files that it can be had in; those say what differs."""
    usual = {key: value for key, value in row.items() if key != "also"}
    yield model_of(usual)
    for other in row.get("also", ()):
        quantisation = other["quantisation"]
        names = {
            "name": f"{row['name']}:{quantisation.lower()}",
            "title": f"{row['title']} {quantisation}",
            "ollama": (),
        }
        yield model_of({**usual, "revision": None, "sha256": None, "sha256_from": None, **names, **other})


def model_of(row: Mapping[str, Any]) -> CatalogueModel:
    """A key too many or too few is an error; what is not known is empty."""
    texts = {key: "" for key, value in row.items() if value is None}
    return CatalogueModel(**{**row, **texts, "ollama": tuple(row["ollama"])})


def is_of(file: str, quantisation: str) -> bool:
    """Whether a file's name says that it is the whole of a model in this quantisation."""
    name = file.rpartition("/")[2].lower()
    if not name.endswith(".gguf") or name.startswith("mmproj") or "imatrix" in name:
        return False
    stem = name.removesuffix(".gguf")
    return stem.endswith(("-" + quantisation.lower(), "." + quantisation.lower()))
