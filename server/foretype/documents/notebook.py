"""Notebooks: which cells stand in which order; their text is with the other documents."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from foretype.documents.uri import document_key

if TYPE_CHECKING:
    from foretype.documents.change import Change
    from foretype.documents.document import Document
    from foretype.documents.store import Documents

log = logging.getLogger(__name__)


class CellKind(Enum):
    """What a cell holds."""

    MARKUP = 1
    CODE = 2


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook; its text is the open document of this URI."""

    kind: CellKind
    uri: str

    @cached_property
    def key(self) -> str:
        return document_key(self.uri)


@dataclass(frozen=True)
class Notebook:
    """A notebook at one moment: its cells in their order."""

    uri: str
    notebook_type: str
    version: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class CellText:
    """A cell's document as it opens."""

    uri: str
    language_id: str
    version: int | None
    string: str


@dataclass(frozen=True)
class CellSplice:
    """New cells in the place of a run of old ones, and the documents that open and close with them."""

    start: int
    removed: int
    inserted: tuple[Cell, ...] = ()
    opened: tuple[CellText, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellEdit:
    """Changes of one cell's text."""

    uri: str
    version: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class NotebookChange:
    """What one change message says: another order of cells, other kinds of cells, other text."""

    structure: CellSplice | None = None
    kinds: tuple[Cell, ...] = ()
    edits: tuple[CellEdit, ...] = ()


class Neighbours(NamedTuple):
    """The code around a cell, in the notebook's order."""

    before: tuple[Document, ...]
    after: tuple[Document, ...]


class Notebooks:
    """The open notebooks; the text of their cells goes to `documents`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._notebooks: dict[str, Notebook] = {}

    def open(self, notebook: Notebook, texts: Iterable[CellText]) -> None:
        """Take in a notebook and its cells; one that was open already is replaced."""
        if self.get(notebook.uri) is not None:
            self.close(notebook.uri)
        self._notebooks[document_key(notebook.uri)] = notebook
        self._open_cells(texts)

    def change(self, uri: str, version: int | None, change: NotebookChange) -> None:
        """Follow a change: first the order of the cells, then their kinds, then their text."""
        notebook = self.get(uri)
        if notebook is None:
            log.warning("ignored a change of notebook %s: it is not open", uri)
            return
        cells = notebook.cells
        if change.structure is not None:
            cells = self._restructured(cells, change.structure)
        cells = _with_kinds(cells, change.kinds)
        self._notebooks[document_key(uri)] = replace(notebook, version=version, cells=cells)
        for edit in change.edits:
            self._documents.change(edit.uri, edit.version, edit.changes)

    def close(self, uri: str, closed: Iterable[str] = ()) -> None:
        """Forget a notebook, its cells and the cells that the editor names besides."""
        notebook = self._notebooks.pop(document_key(uri), None)
        if notebook is None:
            log.info("ignored the close of notebook %s: it is not open", uri)
        cells = notebook.cells if notebook else ()
        for key in dict.fromkeys((*(cell.key for cell in cells), *map(document_key, closed))):
            self._documents.close(key)

    def doubt(self, uri: str) -> None:
        """Mark every cell of a notebook whose text may differ from the editor's."""
        notebook = self.get(uri)
        for cell in notebook.cells if notebook else ():
            self._documents.doubt(cell.uri)

    def get(self, uri: str) -> Notebook | None:
        return self._notebooks.get(document_key(uri))

    def of_cell(self, cell_uri: str) -> Notebook | None:
        """The notebook that a cell stands in."""
        found = (notebook for notebook in self._notebooks.values() if _index(notebook, cell_uri) is not None)
        return next(found, None)

    def neighbours(self, cell_uri: str) -> Neighbours:
        """The code cells before and after a cell: those in its language, or all where it is not code."""
        notebook = self.of_cell(cell_uri)
        at = None if notebook is None else _index(notebook, cell_uri)
        if notebook is None or at is None:
            return Neighbours((), ())
        language_id = self._language_of(notebook.cells[at])
        before = self._code(notebook.cells[:at], language_id)
        return Neighbours(before, self._code(notebook.cells[at + 1 :], language_id))

    def _language_of(self, cell: Cell) -> str | None:
        document = self._documents.get(cell.uri) if cell.kind is CellKind.CODE else None
        return None if document is None else document.language_id

    def _code(self, cells: Iterable[Cell], language_id: str | None) -> tuple[Document, ...]:
        opened = (self._documents.get(cell.uri) for cell in cells if cell.kind is CellKind.CODE)
        return tuple(d for d in opened if d is not None and language_id in (None, d.language_id))

    def _restructured(self, cells: tuple[Cell, ...], splice: CellSplice) -> tuple[Cell, ...]:
        self._open_cells(splice.opened)
        for cell_uri in splice.closed:
            self._documents.close(cell_uri)
        start, removed = max(splice.start, 0), max(splice.removed, 0)
        return (*cells[:start], *splice.inserted, *cells[start + removed :])

    def _open_cells(self, texts: Iterable[CellText]) -> None:
        for cell in texts:
            self._documents.open(cell.uri, cell.language_id, cell.version, cell.string)


def _with_kinds(cells: tuple[Cell, ...], told: Iterable[Cell]) -> tuple[Cell, ...]:
    kinds = {cell.key: cell.kind for cell in told}
    return tuple(replace(cell, kind=kinds.get(cell.key, cell.kind)) for cell in cells)


def _index(notebook: Notebook, cell_uri: str) -> int | None:
    key = document_key(cell_uri)
    return next((number for number, cell in enumerate(notebook.cells) if cell.key == key), None)
