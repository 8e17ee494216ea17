"""Where a token is kept, and that it is forgotten there."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.errors import StorageError
from foretype.flows.token_places import IN_KEYRING, TokenPlaces
from foretype.keys.key import Key
from foretype.keys.keyring_store import KeyringStore
from foretype.keys.token_search import find_token

KEY = Key("hf_" + "a" * 20)


class Vault:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


ABSENT = KeyringStore(lambda: None)


def test_in_the_keyring_where_there_is_one(tmp_path: Path) -> None:
    vault, file = Vault(), tmp_path / "data" / "token"
    TokenPlaces(file, ABSENT).keep(KEY)
    places = TokenPlaces(file, KeyringStore(lambda: vault))
    assert places.keep(KEY) == IN_KEYRING
    assert not file.exists(), "one place is enough"
    assert list(vault.kept.values()) == [KEY.reveal()]
    assert places.forget() == (IN_KEYRING,)
    assert vault.kept == {}
    assert places.forget() == ()


def test_else_in_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    file = tmp_path / "data" / "token"
    places = TokenPlaces(file, ABSENT)
    assert places.keep(KEY) == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    found = find_token(None, (), ABSENT, None, own_file=file).found
    assert found is not None
    assert (found.key, found.source) == (KEY, "key file")
    assert places.forget() == (str(file),)
    assert not file.exists()


def test_without_any_place_the_cure_is_named() -> None:
    with pytest.raises(StorageError, match="set HF_TOKEN"):
        TokenPlaces(None, ABSENT).keep(KEY)
    assert TokenPlaces(None, ABSENT).forget() == ()


def test_our_file_comes_before_that_of_another_program(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_text(KEY.reveal(), encoding="utf-8")
    theirs.write_text("hf_" + "b" * 20, encoding="utf-8")
    found = find_token(None, (), None, theirs, own_file=ours).found
    assert found is not None
    assert found.source == "key file"
