"""Where files are, who may read them, and what happens where there can be none."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretype.config.environment import read_environment
from foretype.config.files import Folders, locate, make_folders
from foretype.config.private_files import make_private_folder, read_small_file, write_private
from foretype.errors import StorageError


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def folders_under(home: Path) -> Folders:
    return locate(read_environment({"FORETYPE_HOME": str(home)}))


def test_everything_is_under_foretype_home(tmp_path: Path) -> None:
    folders = folders_under(tmp_path)
    assert folders.config_file == tmp_path / "config" / "config.toml"
    assert folders.models == tmp_path / "data" / "models"
    assert folders.consent_file == tmp_path / "state" / "consents.json"
    assert list(tmp_path.iterdir()) == []


def test_otherwise_everything_is_where_the_platform_has_it(empty_home: Path) -> None:
    folders = locate(read_environment({}))
    assert folders.config_file == empty_home / ".config" / "foretype" / "config.toml"
    assert folders.cache == empty_home / ".cache" / "foretype"


def test_the_config_file_alone_may_be_elsewhere(tmp_path: Path, empty_home: Path) -> None:
    variables = {"FORETYPE_CONFIG": "/etc/foretype.toml"}
    assert locate(read_environment(variables)).config_file == Path("/etc/foretype.toml")
    both = locate(read_environment({**variables, "FORETYPE_HOME": str(tmp_path)}))
    assert (both.config_file, both.data) == (Path("/etc/foretype.toml"), tmp_path / "data")


@pytest.mark.parametrize("name", ["plain", "größe 家 \u202e", "a" * 200 + "/" + "b" * 200 + "/" + "c" * 200])
def test_folders_are_made_for_the_owner_alone(tmp_path: Path, open_umask: None, name: str) -> None:
    folders, problems = make_folders(folders_under(tmp_path / name))
    assert problems == ()
    assert folders.state is not None
    assert {mode_of(path) for path in tmp_path.rglob("*")} == {0o700}
    write_private(folders.state / "deeper" / "x.json", b"{}")
    assert mode_of(folders.state / "deeper") == 0o700
    assert mode_of(folders.state / "deeper" / "x.json") == 0o600


def test_a_folder_of_the_users_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert mode_of(tmp_path) == 0o755


@pytest.mark.parametrize("name", ["file/inside", "x" * 300, "/".join(["y" * 250] * 30), "/proc/none", "a\0b"])
def test_where_there_can_be_no_folder_it_is_gone_without(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / name
    folders, problems = make_folders(Folders(None, home / "data", home / "cache", home / "state"))
    assert (folders.data, folders.cache, folders.state) == (None, None, None)
    assert (folders.models, folders.consent_file) == (None, None)
    assert [problem.key for problem in problems] == ["data folder", "cache folder", "state folder"]
    assert all(len(str(problem)) > 30 for problem in problems)


def test_a_read_only_disk_is_gone_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: int = 0) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    folders, problems = make_folders(folders_under(tmp_path))
    assert folders.cache is None
    assert "Read-only file system; going on without a cache" in problems[1].sentence


def test_without_a_home_there_are_no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    class Homeless:
        user_config_path = user_data_path = user_cache_path = user_state_path = Path("~/.foretype")

        def __init__(self, name: str, appauthor: bool) -> None:
            pass

    monkeypatch.setattr(platformdirs, "PlatformDirs", Homeless)
    folders, problems = make_folders(locate(read_environment({})))
    assert folders == Folders(None, None, None, None)
    assert len(problems) == 3


def test_a_full_disk_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    write_private(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_replaces_a_link_and_does_not_follow_it(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"untouched")
    (tmp_path / "x.json").symlink_to(tmp_path / "elsewhere")
    write_private(tmp_path / "x.json", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"untouched"
    assert read_small_file(tmp_path / "x.json") == b"new"


def test_what_is_no_small_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 1_000_001)
    for path in (
        tmp_path,
        tmp_path / "pipe",
        tmp_path / "large",
        tmp_path / "missing",
        Path("/dev/zero"),
        Path("\0"),
    ):
        with pytest.raises(StorageError):
            read_small_file(path)
