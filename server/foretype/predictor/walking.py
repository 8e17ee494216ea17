"""The files of a workspace that are worth learning from, found within bounds whatever lies in its folders."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from foretype.documents.exclusion import (
    SKIPPED_FOLDERS,
    IgnoreFile,
    is_generated_name,
    is_generated_text,
    is_secret,
)
from foretype.predictor.building import SourceFile
from foretype.predictor.tokens import family_of

DATA_SUFFIXES = frozenset(
    {
        *(
            "txt",
            "csv",
            "tsv",
            "json",
            "jsonl",
            "ndjson",
            "geojson",
            "xml",
            "svg",
            "po",
            "pot",
            "log",
            "out",
            "dat",
        ),
        *("png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "tif", "tiff", "pdf", "ps", "eps", "ttf", "otf"),
        *("woff", "woff2", "eot", "mp3", "mp4", "wav", "ogg", "webm", "avi", "mov", "zip", "gz", "bz2", "xz"),
        *(
            "7z",
            "tar",
            "tgz",
            "whl",
            "jar",
            "class",
            "exe",
            "dll",
            "so",
            "dylib",
            "a",
            "o",
            "obj",
            "lib",
            "bin",
        ),
        *(
            "db",
            "sqlite",
            "sqlite3",
            "parquet",
            "npy",
            "npz",
            "pkl",
            "h5",
            "gguf",
            "safetensors",
            "onnx",
            "pt",
        ),
        *("mo", "ipynb", "diff", "patch", "xlsx", "docx", "pptx", "tfrecord", "wasm", "icns", "psd", "ai"),
    }
)
MAX_IGNORE_BYTES = 100_000


@dataclass(frozen=True)
class Bounds:
    """How much of a workspace is looked at and read."""

    entries: int = 200_000
    files: int = 20_000
    file_bytes: int = 512_000
    total_bytes: int = 10_000_000
    seconds: float = 20.0


class _Found(NamedTuple):
    changed_s: float
    path: str
    size: int


@dataclass
class Walk:
    """One pass over the folders of a workspace; the files that changed last come first."""

    folders: Sequence[Path]
    exclude: tuple[str, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)

    def files(self) -> Iterator[SourceFile]:
        """The files, as far as the bounds allow."""
        deadline = monotonic() + self.bounds.seconds
        left = self.bounds.total_bytes
        for found in sorted(self._found(deadline), reverse=True)[: self.bounds.files]:
            if monotonic() > deadline:
                return
            if found.size > left:
                continue
            text = _text(found.path, self.bounds.file_bytes)
            if text and not is_generated_text(text):
                left -= found.size
                yield SourceFile(found.path, family_of(found.path), text)

    def _found(self, deadline: float) -> Iterator[_Found]:
        seen = 0
        queue = deque((os.path.realpath(folder), _Ignoring(())) for folder in self.folders)
        while queue:
            folder, ignoring = queue.popleft()
            ignoring = ignoring.below(folder)
            for entry in _entries(folder):
                seen += 1
                if seen > self.bounds.entries or monotonic() > deadline:
                    return
                kind = _kind(entry)
                if kind == stat.S_IFDIR and entry.name not in SKIPPED_FOLDERS:
                    if not ignoring.ignores(entry.path, is_folder=True):
                        queue.append((entry.path, ignoring))
                elif kind == stat.S_IFREG and self._wanted(entry, ignoring):
                    status = entry.stat(follow_symlinks=False)
                    if 0 < status.st_size <= self.bounds.file_bytes:
                        yield _Found(status.st_mtime, entry.path, status.st_size)

    def _wanted(self, entry: os.DirEntry[str], ignoring: _Ignoring) -> bool:
        name = entry.name
        if name.rpartition(".")[2].lower() in DATA_SUFFIXES or is_generated_name(name):
            return False
        return not (is_secret(entry.path, self.exclude) or ignoring.ignores(entry.path, is_folder=False))


@dataclass(frozen=True)
class _Ignoring:
    """The ignore files in force in a folder: its own and those above it, each with its folder."""

    files: tuple[tuple[str, IgnoreFile], ...]

    def below(self, folder: str) -> _Ignoring:
        text = _text(str(Path(folder, ".gitignore")), MAX_IGNORE_BYTES)
        return _Ignoring((*self.files, (folder, IgnoreFile(text)))) if text else self

    def ignores(self, path: str, is_folder: bool) -> bool:
        for folder, rules in reversed(self.files):
            relative = os.path.relpath(path, folder).replace(os.sep, "/")
            verdict = rules.verdict(relative, is_folder)
            if verdict is not None:
                return verdict
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _kind(entry: os.DirEntry[str]) -> int:
    """What an entry is, a link being a link whatever it points to."""
    try:
        return stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode)
    except OSError:
        return 0


def _text(path: str, limit: int) -> str:
    """The text of a regular file, empty if it cannot be read or is not UTF-8."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            return file.read(limit).decode("utf-8")
    except (OSError, ValueError):
        return ""
