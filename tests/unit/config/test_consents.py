"""A yes is remembered, for exactly what it was said to."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from foretype.config.consents import ConsentFile, Consents
from foretype.keys.origin import parse_origin

ORIGIN = parse_origin("https://lab.example:8443")
OTHER = parse_origin("https://[2001:db8::1]")


def test_a_yes_is_remembered_privately(tmp_path: Path) -> None:
    path = tmp_path / "state" / "consents.json"
    first = ConsentFile(path).remember(Consents(), ORIGIN)
    ConsentFile(path).remember(first, "/srv/größe \u00e9.gguf")
    again = ConsentFile(path).read()
    assert again == Consents(frozenset({ORIGIN}), frozenset({"/srv/größe \u00e9.gguf"}))
    assert again.allows(ORIGIN)
    assert again.allows("/srv/größe \u00e9.gguf")
    assert not again.allows(OTHER)
    assert not again.allows(str(ORIGIN))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_editors_do_not_forget_for_one_another(tmp_path: Path) -> None:
    one, two = ConsentFile(tmp_path / "c.json"), ConsentFile(tmp_path / "c.json")
    one.remember(Consents(), ORIGIN)
    two.remember(Consents(), OTHER)
    assert one.read().origins == {ORIGIN, OTHER}


def test_where_nothing_can_be_kept_a_yes_holds_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (None, tmp_path / "file" / "c.json"):
        consents = ConsentFile(path).remember(Consents(frozenset({OTHER})), ORIGIN)
        assert consents.origins == {ORIGIN, OTHER}
        assert ConsentFile(path).read() == Consents()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"origins": 5, "files": []}',
        b"[" * 100_000,
        b'{"origins": []}',
    ],
)
def test_a_broken_file_remembers_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    assert ConsentFile(path).read() == Consents()
    assert ConsentFile(path).remember(Consents(), ORIGIN).origins == {ORIGIN}
    assert ConsentFile(path).read().origins == {ORIGIN}


def test_an_origin_that_must_not_be_used_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(
        '{"origins": ["http://lab.example", "nonsense", "https://lab.example:8443", 5], "files": []}'
    )
    assert ConsentFile(path).read().origins == {ORIGIN}
