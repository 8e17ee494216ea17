"""The shape of the code, enforced: who may import whom, and who alone may touch a heavy dependency."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "server" / "foretype"

GROUND = {"errors", "config", "keys", "stats", "log", "documents", "models"}

# A part may import itself and what its row lists: the ground, and the stages its data comes from.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "keys": {"errors"},
    "log": {"errors", "keys"},
    "stats": {"errors", "log"},
    "documents": {"errors"},
    "config": {"errors", "keys", "log"},
    "models": {"errors", "config", "keys", "log"},
    "predictor": {"errors", "log", "documents"},
    "evaluation": {"errors", "log", "documents", "predictor"},
    "context": GROUND | {"predictor"},
    "prompt": GROUND | {"context"},
    "engine": {"errors", "log", "config", "models"},
    "backends": GROUND | {"prompt", "engine"},
    "stream": GROUND | {"prompt", "backends"},
    "postprocess": GROUND | {"prompt", "stream"},
    "flows": GROUND | {"predictor", "context", "prompt", "engine", "backends", "stream", "postprocess"},
    "editors": {"errors"},
    "serving": GROUND | {"prompt", "engine", "backends", "stream", "postprocess", "flows"},
    "lsp": GROUND | {"flows", "predictor"},
    "app": GROUND
    | {
        "predictor",
        "context",
        "prompt",
        "engine",
        "backends",
        "stream",
        "postprocess",
        "flows",
        "lsp",
        "process",
    },
    "process": {"config", "log", "lsp", "app"},
    "cli": GROUND
    | {"process", "flows", "predictor", "evaluation", "engine", "backends", "editors", "serving"},
    "__main__": {"cli"},
}

# Third-party packages that only some parts may import.
FENCES: dict[str, set[str]] = {
    "pygls": {"lsp"},
    "lsprotocol": {"lsp"},
    "cattrs": {"lsp"},
    "pydantic": {"config", "models", "prompt"},
    "llama_cpp": {"engine"},
    "tree_sitter": {"stream"},
    "httpx": {"backends", "models"},
    "httpcore": {"backends"},
    "keyring": {"keys"},
}


MODULES = sorted(PACKAGE.rglob("*.py"))

every_module = pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))


def part_of(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(module: Path) -> Iterator[str]:
    """Every module name that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "foretype":
                yield from (f"foretype.{alias.name}" for alias in node.names)
            else:
                yield node.module


@every_module
def test_a_part_imports_only_what_stands_before_it(module: Path) -> None:
    part = part_of(module)
    if part == "__init__":
        return
    assert part in MAY_IMPORT, f"{part} is a new part of the package: give it a row in MAY_IMPORT"
    for name in imports_of(module):
        if name.startswith("foretype.") and name != "foretype.__version__":
            target = name.split(".")[1]
            assert target == part or target in MAY_IMPORT[part], f"{part} must not import {target}"


@every_module
def test_fenced_packages_stay_behind_their_fence(module: Path) -> None:
    for name in imports_of(module):
        allowed = FENCES.get(name.split(".")[0])
        assert allowed is None or part_of(module) in allowed, f"{name} may be imported only in {allowed}"


def is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in {"list", "dict", "set", "defaultdict"}
    return isinstance(value, ast.List | ast.Set | ast.ListComp | ast.SetComp)


@every_module
def test_nothing_mutable_stands_at_module_level(module: Path) -> None:
    """A dictionary written out is a table, a constant; anything else that can change is state."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Global):
            pytest.fail("global state")
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_mutable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [t.id for t in targets if isinstance(t, ast.Name)]
            assert names == ["__all__"], f"line {node.lineno}: {names} is mutable state at module level"


@every_module
def test_modules_and_functions_stay_small(module: Path) -> None:
    """Past these sizes an idea has been outgrown: change the design, not the limit."""
    source = module.read_text(encoding="utf-8")
    assert source.count("\n") <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or node.lineno) - node.lineno < 60, node.name


def test_no_catch_all_modules() -> None:
    banned = {"types", "utils", "util", "common", "helpers", "helper", "manager", "service", "misc"}
    assert not [m for m in MODULES if m.stem in banned]
