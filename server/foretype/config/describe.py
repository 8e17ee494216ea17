"""The settings as rows: name, meaning, default and what each may be; for messages, README and editors."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foretype.config.options import Options

Schema = Mapping[str, Any]
PLAIN_WORDS = {
    "boolean": "true or false",
    "string": "text",
    "object": "an object with a key for each setting",
}


@dataclass(frozen=True)
class OptionRow:
    """One setting; the default is the value as JSON would have it."""

    key: str
    description: str
    default: object
    expected: str


@functools.cache
def schema() -> Schema:
    return Options.model_json_schema()


def option_rows() -> tuple[OptionRow, ...]:
    """Every setting that holds a value, in the order in which the options stand."""
    return tuple(rows_under(schema(), ""))


def known_keys() -> tuple[str, ...]:
    """The dotted names of all settings."""
    return tuple(row.key for row in option_rows())


def rows_under(section: Schema, prefix: str) -> Iterator[OptionRow]:
    for name, written in section["properties"].items():
        field = resolved(written)
        if "properties" in field:
            yield from rows_under(field, f"{prefix}{name}.")
        else:
            description = written.get("description", "")
            yield OptionRow(prefix + name, description, written.get("default"), expectation(field))


def resolved(field: Schema) -> Schema:
    reference = field.get("$ref")
    return schema()["$defs"][reference.rsplit("/", 1)[-1]] if reference else field


def expected_at(steps: Sequence[str | int]) -> str:
    """What may stand at a place, in words."""
    field: Schema = schema()
    for step in steps:
        field = resolved(field.get("items", {}) if isinstance(step, int) else member(field, step))
    return expectation(field)


def member(field: Schema, name: str) -> Schema:
    """The schema of one key of an object; of any key, where the keys are the user's to name."""
    by_pattern: Schema = next(iter(field.get("patternProperties", {}).values()), {})
    found: Schema = field.get("properties", {}).get(name) or field.get("additionalProperties") or by_pattern
    return found


def expectation(field: Schema) -> str:
    """A schema in words, such as `a whole number from 0 to 5000, or "auto"`."""
    field = resolved(field)
    if "anyOf" in field:
        return ", or ".join(expectation(choice) for choice in field["anyOf"])
    if "const" in field or "enum" in field:
        values = field.get("enum", [field.get("const")])
        return " or ".join(f'"{value}"' for value in values)
    kind = field.get("type", "")
    if kind == "integer":
        return f"a whole number from {field['minimum']} to {field['maximum']}"
    if kind == "number":
        return f"a number from {field['minimum']} to {field['maximum']}"
    if kind == "array":
        return f"a list of up to {field['maxItems']} entries, each {expectation(field['items'])}"
    if "pattern" in field:
        return "a plain name, of letters, digits and . _ -"
    return PLAIN_WORDS[kind]
