"""The settings as rows, for documents and editors to be made and checked from."""

from __future__ import annotations

from foretype.config.describe import option_rows
from foretype.config.options import Options


def test_every_setting_is_described() -> None:
    rows = {row.key: row for row in option_rows()}
    assert len(rows) == 32
    assert all(row.description.endswith(".") and row.expected for row in rows.values())
    assert rows["complete.debounce_ms"].default == "auto"
    assert rows["complete.debounce_ms"].expected == 'a whole number from 0 to 5000, or "auto"'
    assert rows["complete.languages"].default == {"markdown": False}


def test_every_default_is_a_value_that_may_be_written() -> None:
    Options.model_validate(Options().model_dump())
