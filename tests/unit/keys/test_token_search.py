"""The token comes from the first place that has a usable one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from foretype.keys.key import Key
from foretype.keys.keyring_store import KeyringStore, Vault
from foretype.keys.token_search import WrittenToken, find_token, read_token_file


class MemoryVault:
    """A keyring that works."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token

    def get_password(self, service: str, username: str) -> str | None:
        assert (service, username) == ("foretype", "huggingface")
        return self.token

    def set_password(self, service: str, username: str, password: str) -> None:
        self.token = password

    def delete_password(self, service: str, username: str) -> None:
        if self.token is None:
            raise LookupError("not found")
        self.token = None


def keyring_with(token: str | None) -> KeyringStore:
    vault = MemoryVault(token)
    return KeyringStore(lambda: vault)


def never_asked() -> Vault:
    raise AssertionError("an earlier place had a token")


FROM_SETTINGS = Key("hf_settings")
FROM_ENVIRONMENT = (
    WrittenToken("FORETYPE_TOKEN", Key("hf_own")),
    WrittenToken("HF_TOKEN", Key("hf_general")),
)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("hf_from_file\n", encoding="utf-8")
    return path


def winner(
    settings: Key | None,
    environment: tuple[WrittenToken, ...],
    keyring: KeyringStore | None,
    file: Path | None,
) -> tuple[str, str] | None:
    found = find_token(settings, environment, keyring, file).found
    return (found.source, found.key.reveal()) if found else None


def test_first_wins(token_file: Path) -> None:
    ring = keyring_with("hf_ring")
    asks_nobody = KeyringStore(never_asked)
    assert winner(FROM_SETTINGS, FROM_ENVIRONMENT, asks_nobody, token_file) == ("settings", "hf_settings")
    assert winner(None, FROM_ENVIRONMENT, asks_nobody, token_file) == ("FORETYPE_TOKEN", "hf_own")
    assert winner(None, FROM_ENVIRONMENT[1:], asks_nobody, token_file) == ("HF_TOKEN", "hf_general")
    assert winner(None, (), ring, token_file) == ("keyring", "hf_ring")
    assert winner(None, (), keyring_with(None), token_file) == ("token file", "hf_from_file")
    assert winner(None, (), None, None) is None


def test_a_malformed_token_is_passed_over_and_told() -> None:
    broken = WrittenToken("FORETYPE_TOKEN", Key("hf_with space"))
    search = find_token(None, (broken, FROM_ENVIRONMENT[1]), None, None)
    assert search.found is not None
    assert search.found.source == "HF_TOKEN"
    assert [refused.source for refused in search.refused] == ["FORETYPE_TOKEN"]
    assert "hf_with" not in search.refused[0].sentence


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n"])
def test_an_empty_token_file_has_no_token(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    assert read_token_file(path) is None


@pytest.mark.parametrize("content", [b"\xff\xfe\x00h", b"hf_a\nhf_b", b"x" * 100_000])
def test_a_broken_token_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    search = find_token(None, (), None, path)
    assert search.found is None
    assert [refused.source for refused in search.refused] == ["token file"]


def test_what_is_no_file_has_no_token(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe", tmp_path / ("x" * 5000), Path("a\0b")):
        assert read_token_file(path) is None


def raises(error: BaseException) -> Callable[[], Vault]:
    def open_vault() -> Vault:
        raise error

    return open_vault


@pytest.mark.parametrize(
    "open_vault",
    [
        lambda: None,
        raises(ImportError("no keyring")),
        raises(RuntimeError("locked")),
        raises(ValueError("\udcff")),
    ],
)
def test_a_keyring_that_fails_is_harmless(open_vault: Callable[[], Vault | None]) -> None:
    store = KeyringStore(open_vault)
    assert store.read() is None
    assert store.save(Key("hf_token")) is False
    assert store.forget() is False


def test_a_keyring_that_hangs_is_left_behind(token_file: Path) -> None:
    release = threading.Event()

    def hang() -> None:
        release.wait()

    found = find_token(None, (), KeyringStore(hang, patience_s=0.02), token_file).found
    release.set()
    assert found is not None
    assert found.source == "token file"


def test_a_keyring_keeps_and_forgets() -> None:
    store = keyring_with(None)
    assert store.save(Key("hf_kept"))
    assert store.read() == Key("hf_kept")
    assert store.forget()
    assert store.read() is None
    assert not store.forget()


def test_nonsense_in_the_keyring_is_no_token() -> None:
    assert keyring_with("two\nlines").read() is None
