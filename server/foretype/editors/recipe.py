"""What is to be written for one editor, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Json = Any

# own: a file of ours alone; block: a marked part of the user's file; json: keys added to the user's file.
Kind = Literal["own", "block", "json"]


@dataclass(frozen=True)
class File:
    """A file, and what belongs into it; `comment` begins a comment there."""

    path: Path
    text: str
    kind: Kind
    comment: str = "#"


@dataclass(frozen=True)
class Tree:
    """A folder of ours that is copied as it is."""

    source: Path
    destination: Path


@dataclass(frozen=True)
class Recipe:
    """`verify` has the editor itself try it in the end: a line with `proof` says that all is well."""

    editor: str
    found: str
    files: tuple[File, ...]
    tree: Tree | None = None
    notes: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """What a recipe may look at: where things are, what runs, and how the server is started here."""

    home: Path
    variables: dict[str, str]
    platform: str
    command: tuple[str, ...]
    run: Callable[[tuple[str, ...]], str]
    languages: tuple[str, ...] = field(default=("python",))

    def folder(self, variable: str, *otherwise: str) -> Path:
        """A base folder of the system's, such as XDG_CONFIG_HOME."""
        named = self.variables.get(variable, "")
        return Path(named) if Path(named).is_absolute() else self.home.joinpath(*otherwise)

    @property
    def configuration(self) -> Path:
        return self.folder("XDG_CONFIG_HOME", ".config")

    @property
    def is_windows(self) -> bool:
        return self.platform == "win32"

    @property
    def is_mac(self) -> bool:
        return self.platform == "darwin"
