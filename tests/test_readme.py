"""What the README says of the product is what the product says of itself."""

from __future__ import annotations

import json
from pathlib import Path

from foretype.cli import COMMANDS
from foretype.config.describe import OptionRow, option_rows

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table() -> str:
    rows = [row(option) for option in option_rows()]
    return "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows])


def row(option: OptionRow) -> str:
    return f"| `{option.key}` | `{json.dumps(option.default)}` | {option.description} |"


def test_the_table_of_settings_is_the_options() -> None:
    assert table() in README, f"the README's table should be:\n\n{table()}"


def test_every_command_is_named() -> None:
    for command in COMMANDS:
        assert f"`foretype {command}" in README
