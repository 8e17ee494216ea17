"""`vscode-client/src/protocol.ts` mirrors the types of `lsp/protocol.py`, field by field."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from pathlib import Path
from typing import Any

import pytest

from foretype.lsp import protocol

MIRROR = (Path(__file__).parents[2] / "vscode-client" / "src" / "protocol.ts").read_text(encoding="utf-8")
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
TYPES: list[Any] = [each for each in vars(protocol).values() if dataclasses.is_dataclass(each)]
METHODS = [name for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str)]
ALIASES = [name for name, value in vars(protocol).items() if typing.get_origin(value) is typing.Literal]


def written(kind: Any) -> str:
    """A type as TypeScript writes it."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        alias = next((name for name in ALIASES if getattr(protocol, name) == kind), None)
        return alias or " | ".join(f"'{value}'" for value in arguments)
    if origin in (types.UnionType, typing.Union):
        return " | ".join(map(written, arguments))
    if origin is list:
        return f"readonly {written(arguments[0])}[]"
    if origin is dict:
        return f"Readonly<Record<{written(arguments[0])}, {written(arguments[1])}>>"
    return str(kind.__name__)


def interface(kind: Any) -> str:
    hints = typing.get_type_hints(kind)
    base = kind.__base__.__name__
    lines = [f"export interface {kind.__name__}{'' if base == 'object' else f' extends {base}'} {{"]
    for field in (each for each in dataclasses.fields(kind) if each.name in vars(kind)["__annotations__"]):
        has_default = (field.default, field.default_factory) != (dataclasses.MISSING, dataclasses.MISSING)
        lines.append(f"  readonly {field.name}{'?' if has_default else ''}: {written(hints[field.name])};")
    return "\n".join([*lines, "}\n"])


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_type_is_mirrored(kind: type) -> None:
    assert interface(kind) in MIRROR


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_the_same_name(name: str) -> None:
    assert f"export const {name} = '{getattr(protocol, name)}';" in MIRROR


@pytest.mark.parametrize("name", ALIASES)
def test_every_set_of_words_is_the_same(name: str) -> None:
    words = " | ".join(f"'{word}'" for word in typing.get_args(getattr(protocol, name)))
    assert f"export type {name} = {words};" in MIRROR


def test_nothing_is_mirrored_that_is_no_more() -> None:
    names = {kind.__name__ for kind in TYPES}
    assert set(re.findall(r"export interface (\w+)", MIRROR)) == names
