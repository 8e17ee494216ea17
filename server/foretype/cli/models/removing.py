"""`foretype models rm`: what was downloaded or learned, gone from this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path

from foretype.cli.models.shelf import Shelf, shelf
from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.config.private_files import reason_of
from foretype.errors import ForetypeError, StorageError
from foretype.flows.learning import CACHE_FOLDER
from foretype.models.file_names import repository_file
from foretype.models.ids import WORKSPACE, Runs, parse_model_id
from foretype.models.local_files import is_path
from foretype.models.memory_fit import gigabytes
from foretype.models.part_file import half_downloads
from foretype.models.parts import all_names
from foretype.models.stores import OWN
from foretype.predictor.segment_file import forget

PARTIAL = "partial"


def run(options: argparse.Namespace) -> int:
    if options.model == WORKSPACE:
        return forget_workspace()
    if options.model == PARTIAL:
        return remove_half_downloads(shelf())
    model = parse_model_id(options.model)
    if model.runs is not Runs.LOCAL:
        raise ForetypeError(
            f"{model} is not on this machine: local:… , {WORKSPACE} and {PARTIAL} can be removed."
        )
    return remove_file(shelf(), model.name)


def remove_file(found: Shelf, name: str) -> int:
    """Only what Foretype downloaded: other programs' files are theirs."""
    root = found.folders.models
    paths = left_of_parts(found, name) if root else ()
    if not paths:
        model = found.pulling.files.find(name)
        if model.store != OWN or root is None:
            raise ForetypeError(f"{model.path} belongs to {model.store}: remove it there.")
        paths = model.paths
    freed = sum(path.stat().st_size for path in paths)
    for path in paths:
        remove(path)
    for folder in paths[0].parents:
        if root is None or folder == root or root not in folder.parents:
            break
        with contextlib.suppress(OSError):
            folder.rmdir()
    print(f"local:{name} is removed; {gigabytes(freed)} are free again")
    return 0


def left_of_parts(found: Shelf, name: str) -> tuple[Path, ...]:
    """The files of a model in parts of which not all have arrived."""
    files = found.pulling.files
    if "/" not in name or is_path(name):
        return ()
    path = files.own_path(*repository_file(name))
    parts = [path.with_name(each) for each in all_names(path.name)] if path else []
    there = tuple(part for part in parts if part.is_file())
    return there if len(there) < len(parts) else ()


def remove_half_downloads(found: Shelf) -> int:
    parts = list(half_downloads(found.folders.models)) if found.folders.models else []
    freed = sum(part.stat().st_size for part in parts)
    for part in parts:
        for left in part.parent.glob(f"{part.stem}.*"):
            remove(left)
    print(f"{len(parts)} half downloads are removed; {gigabytes(freed)} are free again")
    return 0


def remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise StorageError(f"{path} cannot be removed: {reason_of(error)}") from error


def forget_workspace() -> int:
    """Remove what the predictor keeps of every workspace; a running server forgets when it ends."""
    cache = locate(read_environment(os.environ)).cache
    forgotten = forget(cache / CACHE_FOLDER) if cache else 0
    print(f"{forgotten} workspaces are forgotten; an editor that is open learns anew")
    return 0
