"""The table of clients' bugs in ARCHITECTURE.md: each has a test that exists, and an end."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADING = "## What clients do otherwise than LSP says"


def rows() -> list[list[str]]:
    page = (ROOT / "server" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = page.partition(HEADING)[2].partition("\n## ")[0]
    table = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_bug_has_a_cure_an_end_and_a_test_that_is_there(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)
    file, _, name = row[4].strip("`").partition("::")
    module = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in [each.name for each in module.body if isinstance(each, functions)]


def test_the_table_has_rows() -> None:
    assert rows()


def test_no_code_asks_a_client_for_its_name() -> None:
    """What a client can do is what it advertises; its name is for the log."""
    asking = [
        str(file.relative_to(ROOT))
        for part in ("lsp", "flows", "documents", "app")
        for file in (ROOT / "server" / "foretype" / part).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and any(is_client_name(each) for each in ast.walk(node))
    ]
    assert asking == []


def is_client_name(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "name"
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in ("client", "_client")
    )
