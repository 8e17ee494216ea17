"""Notebooks: the order of the cells, and the text of each among the other documents."""

from __future__ import annotations

import pytest

from foretype.documents.change import Change, Position
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
from foretype.documents.store import Documents

URI = "file:///project/n.ipynb"


def uri(name: str) -> str:
    return f"vscode-notebook-cell:/project/n.ipynb#{name}"


def cell(name: str, kind: CellKind = CellKind.CODE) -> Cell:
    return Cell(kind, uri(name))


def text_of(name: str, language_id: str = "python") -> CellText:
    return CellText(uri(name), language_id, 1, f"# {name}\n")


@pytest.fixture
def documents() -> Documents:
    return Documents()


@pytest.fixture
def notebooks(documents: Documents) -> Notebooks:
    """A notebook of five cells: markup, Python, SQL, Python, Python."""
    notebooks = Notebooks(documents)
    cells = (cell("title", CellKind.MARKUP), cell("a"), cell("sql"), cell("b"), cell("c"))
    texts = [text_of("title", "markdown"), text_of("a"), text_of("sql", "sql"), text_of("b"), text_of("c")]
    notebooks.open(Notebook(URI, "jupyter-notebook", 1, cells), texts)
    return notebooks


def around(notebooks: Notebooks, name: str) -> tuple[list[str], list[str]]:
    before, after = notebooks.neighbours(uri(name))
    return [d.uri.partition("#")[2] for d in before], [d.uri.partition("#")[2] for d in after]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a", [], ["b", "c"]),
        ("b", ["a"], ["c"]),
        ("c", ["a", "b"], []),
        ("sql", [], []),
        ("title", [], ["a", "sql", "b", "c"]),
        ("unknown", [], []),
    ],
)
def test_a_cell_has_the_code_of_its_language_around_it(
    notebooks: Notebooks, name: str, before: list[str], after: list[str]
) -> None:
    assert around(notebooks, name) == (before, after)


def test_a_cell_is_a_document_like_any_other(notebooks: Notebooks, documents: Documents) -> None:
    document = documents.get(uri("a"))
    assert document is not None
    assert (str(document.text), document.language_id) == ("# a\n", "python")
    notebook = notebooks.of_cell("VSCODE-NOTEBOOK-CELL:/project/n%2Eipynb#a")
    assert notebook is not None
    assert notebook.uri == URI
    assert notebooks.of_cell("file:///project/a.py") is None


def test_an_edit_of_a_cell_reaches_its_document_only(notebooks: Notebooks, documents: Documents) -> None:
    changes = (Change("x = 1", Position(0, 0), Position(0, 3)),)
    notebooks.change(URI, 2, NotebookChange(edits=(CellEdit(uri("a"), 2, changes),)))
    assert [str(d.text) for d in notebooks.neighbours(uri("c")).before] == ["x = 1\n", "# b\n"]


def test_cells_come_and_go(notebooks: Notebooks, documents: Documents) -> None:
    splice = CellSplice(1, 2, (cell("new"),), opened=(text_of("new"),), closed=(uri("a"), uri("sql")))
    notebooks.change(URI, 2, NotebookChange(structure=splice))
    assert around(notebooks, "c") == (["new", "b"], [])
    assert documents.get(uri("a")) is None
    notebook = notebooks.get(URI)
    assert notebook is not None
    assert notebook.version == 2


def test_a_cell_that_moves_keeps_its_text(notebooks: Notebooks) -> None:
    notebooks.change(URI, 2, NotebookChange(structure=CellSplice(1, 1)))
    notebooks.change(URI, 3, NotebookChange(structure=CellSplice(4, 0, (cell("a"),))))
    assert around(notebooks, "c") == (["b"], ["a"])
    assert str(notebooks.neighbours(uri("c")).after[0].text) == "# a\n"


def test_a_cell_that_becomes_markup_is_code_no_more(notebooks: Notebooks) -> None:
    notebooks.change(URI, 2, NotebookChange(kinds=(cell("b", CellKind.MARKUP),)))
    assert around(notebooks, "c") == (["a"], [])


def test_a_new_cell_may_be_edited_in_the_message_that_brings_it(
    notebooks: Notebooks, documents: Documents
) -> None:
    splice = CellSplice(5, 0, (cell("new"),), opened=(text_of("new"),))
    edit = CellEdit(uri("new"), 2, (Change("typed"),))
    notebooks.change(URI, 2, NotebookChange(structure=splice, edits=(edit,)))
    assert [str(d.text) for d in notebooks.neighbours(uri("c")).after] == ["typed"]


def test_a_cell_without_a_document_is_passed_over(notebooks: Notebooks) -> None:
    notebooks.change(URI, 2, NotebookChange(structure=CellSplice(99, 0, (cell("ghost"),))))
    assert around(notebooks, "c") == (["a", "b"], [])
    assert around(notebooks, "ghost") == (["a", "sql", "b", "c"], [])


def test_a_splice_before_the_start_or_past_the_end_is_clamped(notebooks: Notebooks) -> None:
    notebooks.change(URI, 2, NotebookChange(structure=CellSplice(-3, -1, (cell("a"),))))
    notebooks.change(URI, 3, NotebookChange(structure=CellSplice(5, 99)))
    notebook = notebooks.get(URI)
    assert notebook is not None
    assert [each.uri for each in notebook.cells] == [uri(n) for n in ("a", "title", "a", "sql", "b")]


def test_a_closed_notebook_takes_its_cells_along(notebooks: Notebooks, documents: Documents) -> None:
    documents.open("file:///project/other.py", "python", 1, "")
    notebooks.close(URI, [uri("a"), uri("b")])
    assert [d.uri for d in documents] == ["file:///project/other.py"]
    assert notebooks.get(URI) is None
    assert around(notebooks, "a") == ([], [])


def test_a_second_open_replaces_and_closes_the_cells_that_are_gone(
    notebooks: Notebooks, documents: Documents
) -> None:
    notebooks.open(Notebook(URI, "jupyter-notebook", 1, (cell("z"),)), [text_of("z")])
    assert [d.uri for d in documents] == [uri("z")]


def test_messages_about_a_notebook_that_is_not_open_are_ignored_and_logged(
    documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    notebooks = Notebooks(documents)
    notebooks.change(URI, 1, NotebookChange(structure=CellSplice(0, 0, (cell("a"),), (text_of("a"),))))
    notebooks.close(URI)
    assert len(documents) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
