"""Putting a recipe into the user's files: what is theirs stays theirs, and what was there is kept."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from foretype.editors.recipe import File, Json, Recipe, Tree
from foretype.errors import ForetypeError, StorageError

TOML_PARSER = "tomllib" if sys.version_info >= (3, 11) else "tomli"
HEADER = "Written by `foretype setup`, which writes it anew."
BEGIN, END = "foretype setup begins", "foretype setup ends"
BACKUP = ".before-foretype"
OURS = ".written-by-foretype"


@dataclass(frozen=True)
class Change:
    """What a file was and what it is to be; `old` is None where there is none."""

    path: Path
    old: str | None
    new: str

    @property
    def is_needed(self) -> bool:
        return self.old != self.new


def planned(recipe: Recipe) -> tuple[Change, ...]:
    """Every change, found out before the first is made: where one cannot be made none is."""
    return tuple(change_of(file) for file in recipe.files)


def change_of(file: File) -> Change:
    path = file.path.resolve() if file.path.is_symlink() else file.path
    old = read(path)
    if file.kind == "own":
        new = owned(file, old)
    elif file.kind == "block":
        new = with_block(file, old or "")
    else:
        new = with_keys(file, old)
    return Change(path, old, new)


def owned(file: File, old: str | None) -> str:
    header = f"{file.comment} {HEADER}\n"
    if old is not None and not old.startswith(header):
        raise ForetypeError(f"{file.path} is a file of yours: rename it, or put there what --print shows.")
    return header + file.text


def with_block(file: File, old: str) -> str:
    """The user's text with ours between two marks, at the end or where it was before."""
    begin, end = f"{file.comment} {BEGIN}\n", f"{file.comment} {END}\n"
    block = begin + file.text.rstrip("\n") + "\n" + end
    before, found, rest = old.partition(begin)
    if found:
        _, is_closed, after = rest.partition(end)
        if not is_closed:
            raise ForetypeError(
                f"{file.path} has the line '{begin.strip()}' and not its end: remove that part."
            )
        new = before + block + after
    else:
        gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
        new = old + gap + block
    if file.path.suffix == ".toml":
        check_toml(file.path, new)
    return new


def check_toml(path: Path, text: str) -> None:
    """A table that the user has already cannot be begun a second time."""
    parser = importlib.import_module(TOML_PARSER)
    try:
        parser.loads(text)
    except parser.TOMLDecodeError as error:
        raise ForetypeError(
            f"{path} has some of this already ({error}): put there by hand what --print shows."
        ) from error


def with_keys(file: File, old: str | None) -> str:
    if old is None or not old.strip():
        return file.text
    try:
        merged = added(json.loads(old), json.loads(file.text), str(file.path))
    except ValueError as error:
        raise ForetypeError(
            f"{file.path} has comments or is no JSON, so it is not touched: put there what --print shows."
        ) from error
    return old if merged == json.loads(old) else json.dumps(merged, indent=2, ensure_ascii=False) + "\n"


def added(theirs: Json, ours: Json, where: str) -> Json:
    """The user's values with ours beside them; none of theirs is replaced."""
    if not (isinstance(theirs, dict) and isinstance(ours, dict)):
        if theirs != ours:
            raise ForetypeError(f"{where} is set to something else already: put there what --print shows.")
        return theirs
    merged = dict(theirs)
    for key, value in ours.items():
        merged[key] = added(theirs[key], value, f"{where}: {key}") if key in theirs else value
    return merged


def read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read: {reason(error)}") from error


def write(change: Change) -> Path | None:
    """Write a file whole or not at all; returns where the old one is kept."""
    try:
        change.path.parent.mkdir(parents=True, exist_ok=True)
        kept = keep(change.path) if change.old is not None else None
        descriptor, half_written = tempfile.mkstemp(dir=change.path.parent, prefix=".", suffix=".part")
        try:
            with open(descriptor, "wb") as file:
                file.write(change.new.encode())
            if kept:
                shutil.copymode(kept, half_written)
            else:
                Path(half_written).chmod(0o666 & ~umask())
            Path(half_written).replace(change.path)
        except OSError:
            with suppress(OSError):
                Path(half_written).unlink()
            raise
    except OSError as error:
        raise StorageError(f"{change.path} cannot be written: {reason(error)}") from error
    return kept


def umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def keep(path: Path) -> Path:
    """A copy beside a file, under a name that no other copy has."""
    kept = next(name for name in backups(path) if not name.exists())
    shutil.copy2(path, kept)
    return kept


def backups(path: Path) -> Iterator[Path]:
    yield path.with_name(path.name + BACKUP)
    for number in range(2, 10_000):
        yield path.with_name(f"{path.name}{BACKUP}-{number}")


def copy(tree: Tree) -> bool:
    """Put our folder in place of the one that an earlier version put there; False where they are the same."""
    if same(tree):
        return False
    destination = tree.destination
    if destination.exists() and not (destination / OURS).exists():
        raise ForetypeError(f"{destination} was put there by somebody else: remove it first.")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=destination.parent, prefix="."))
        shutil.copytree(tree.source, fresh, dirs_exist_ok=True)
        fresh.chmod(0o777 & ~umask())
        (fresh / OURS).touch()
        if destination.exists():
            shutil.rmtree(destination)
        fresh.replace(destination)
    except OSError as error:
        raise StorageError(f"{destination} cannot be written: {reason(error)}") from error
    return True


def same(tree: Tree) -> bool:
    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file() and path.name not in (OURS, "tags"))
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return (tree.destination / OURS).exists() and content(tree.source) == content(tree.destination)


def reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
