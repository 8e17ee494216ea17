"""notebookDocument/didOpen, didChange, didClose: cells are documents, and notebooks know their order."""

from __future__ import annotations

from lsprotocol import types

from foretype.documents.notebook import (
    Cell,
    CellEdit,
    CellKind,
    CellSplice,
    CellText,
    Notebook,
    NotebookChange,
    Notebooks,
)
from foretype.lsp.client import at, string
from foretype.lsp.codes import RpcError
from foretype.lsp.messages import Json
from foretype.lsp.server import Server
from foretype.lsp.text_sync import changes


def register(server: Server, notebooks: Notebooks) -> None:
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenNotebookDocumentParams) -> None:
        book = params.notebook_document
        cells = tuple(map(cell, book.cells))
        notebook = Notebook(book.uri, book.notebook_type, book.version, cells)
        notebooks.open(notebook, map(cell_text, params.cell_text_documents))

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        book = params.notebook_document
        notebooks.change(book.uri, book.version, notebook_change(params.change))

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseNotebookDocumentParams) -> None:
        closed = (item.uri for item in params.cell_text_documents)
        notebooks.close(params.notebook_document.uri, closed)

    @server.misread(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def doubt(params: Json, problem: RpcError) -> None:
        """An edit that cannot be read may have happened in any cell."""
        notebooks.doubt(string(at(params, "notebookDocument", "uri")))


def cell(cell: types.NotebookCell) -> Cell:
    return Cell(CellKind(cell.kind.value), cell.document)


def cell_text(item: types.TextDocumentItem) -> CellText:
    return CellText(item.uri, item.language_id, item.version, item.text)


def notebook_change(event: types.NotebookDocumentChangeEvent) -> NotebookChange:
    cells = event.cells
    if cells is None:
        return NotebookChange()
    return NotebookChange(
        structure=None if cells.structure is None else cell_splice(cells.structure),
        kinds=tuple(map(cell, cells.data or ())),
        edits=tuple(map(cell_edit, cells.text_content or ())),
    )


def cell_splice(structure: types.NotebookDocumentCellChangeStructure) -> CellSplice:
    array = structure.array
    return CellSplice(
        start=array.start,
        removed=array.delete_count,
        inserted=tuple(map(cell, array.cells or ())),
        opened=tuple(map(cell_text, structure.did_open or ())),
        closed=tuple(item.uri for item in structure.did_close or ()),
    )


def cell_edit(content: types.NotebookDocumentCellContentChanges) -> CellEdit:
    document = content.document
    return CellEdit(document.uri, document.version, changes(content.changes))
