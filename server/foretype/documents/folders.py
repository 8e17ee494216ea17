"""The folders that the editor has open, which may be others as it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

from foretype.documents.uri import document_key, file_path, file_uri


class OpenFolders(Sequence[Path]):
    """Those on this machine, in the editor's order; who goes through them sees all of one moment."""

    def __init__(self, uris: Iterable[str] = ()) -> None:
        self._paths: dict[str, Path] = {}
        self._observers: list[Callable[[], None]] = []
        self.change(uris, ())

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...
    def __getitem__(self, index: int | slice) -> Path | tuple[Path, ...]:
        return tuple(self._paths.values())[index]

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[Path]:
        return iter(tuple(self._paths.values()))

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        gone = by_key(removed)
        paths = {key: path for key, path in self._paths.items() if key not in gone} | by_key(added)
        if paths != self._paths:
            self._paths = paths
            for observer in self._observers:
                observer()

    def observe(self, observer: Callable[[], None]) -> None:
        """Have it called each time that the folders are others."""
        self._observers.append(observer)


def by_key(uris: Iterable[str]) -> dict[str, Path]:
    """The folders of this machine, by what is the same for every way to write them."""
    paths = (Path(path) for uri in uris if (path := file_path(uri)) is not None)
    return {document_key(file_uri(path)): path for path in paths}
