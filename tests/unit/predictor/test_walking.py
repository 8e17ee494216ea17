from __future__ import annotations

import os
from pathlib import Path

import pytest

from foretype.predictor import walking
from foretype.predictor.walking import Bounds, Walk


def put(root: Path, *names: str, text: str = "a = 1\n") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(root: Path, bounds: Bounds | None = None, exclude: tuple[str, ...] = ()) -> set[str]:
    real = Path(os.path.realpath(root))
    files = Walk([root], exclude, bounds or Bounds()).files()
    return {Path(file.path).relative_to(real).as_posix() for file in files}


def test_source_is_found_and_what_is_fetched_or_built_is_not(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "deep/b.ts", "Makefile")
    put(
        tmp_path,
        "node_modules/x.js",
        ".git/c.py",
        "venv/d.py",
        "dist/e.js",
        "data.csv",
        "a.min.js",
        "__pycache__/f.py",
    )
    assert found(tmp_path) == {"a.py", "deep/b.ts", "Makefile"}


def test_secrets_and_the_users_own_globs_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, ".env", "server.pem", "id_rsa", ".ssh/config.py", "mine/plan.py", "a.py")
    assert found(tmp_path, exclude=("mine/*",)) == {"a.py"}


def test_ignore_files_count_below_their_folder(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", text="*.gen.py\n/private/\n")
    put(tmp_path, "deep/.gitignore", text="!keep.gen.py\nlocal.py\n")
    put(tmp_path, "a.gen.py", "private/b.py", "deep/keep.gen.py", "deep/local.py", "local.py")
    assert found(tmp_path) == {"deep/keep.gen.py", "local.py", ".gitignore", "deep/.gitignore"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "a.py")
    put(outside, "secret.py")
    (root / "loop").symlink_to(root)
    (root / "out").symlink_to(outside)
    (root / "file.py").symlink_to(outside / "secret.py")
    (root / ".gitignore").symlink_to(outside / "secret.py")
    assert found(root) == {"a.py"}


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.py")
        os.mkfifo(tmp_path / ".gitignore")
        # As if the pipe had been put there after the folder was listed.
        assert walking._text(str(tmp_path / "pipe.py"), 10) == ""
    assert found(tmp_path) == {"a.py"}


def test_what_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.py", "closed/b.py", "gone.py")
    (tmp_path / "latin.py").write_bytes(b"caf\xe9 = 1\n")
    (tmp_path / "binary.py").write_bytes(b"a\0b\n")
    (tmp_path / "empty.py").touch()
    scandir, open_ = os.scandir, os.open

    def guarded_scandir(folder: str) -> object:
        if folder.endswith("closed"):
            raise PermissionError(folder)
        return scandir(folder)

    def guarded_open(path: str, flags: int) -> int:
        if path.endswith("gone.py"):
            raise FileNotFoundError(path)
        return open_(path, flags)

    monkeypatch.setattr(os, "scandir", guarded_scandir)
    monkeypatch.setattr(os, "open", guarded_open)
    assert found(tmp_path) == {"a.py"}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "missing") == set()


def test_the_bounds_hold(tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}.py" for name in "abcdef"))
    put(tmp_path, "huge.py", text="a = 1\n" * 1000)
    assert len(found(tmp_path, Bounds(files=2))) == 2
    assert len(found(tmp_path, Bounds(entries=3))) == 3
    assert len(found(tmp_path, Bounds(total_bytes=13))) == 2
    assert "huge.py" not in found(tmp_path, Bounds(file_bytes=100))
    assert found(tmp_path, Bounds(seconds=-1.0)) == set()


def test_the_files_that_changed_last_come_first(tmp_path: Path) -> None:
    put(tmp_path, "old.py", "new.py", "middle.py")
    for age, name in enumerate(("new.py", "middle.py", "old.py")):
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert [Path(file.path).name for file in Walk([tmp_path]).files()] == ["new.py", "middle.py", "old.py"]
    assert found(tmp_path, Bounds(files=1)) == {"new.py"}
