"""config.toml is read when it changed; while it is broken, what it said before stays in force."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from foretype.config.config_file import ConfigFile, ConfigReading


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: ConfigFile) -> ConfigReading:
    reading = file.read_if_changed()
    assert reading is not None
    return reading


def test_a_missing_file_says_nothing(path: Path) -> None:
    file = ConfigFile(path)
    assert read(file) == ConfigReading()
    assert file.read_if_changed() is None
    assert read(ConfigFile(None)) == ConfigReading()


def test_a_file_is_read_when_it_changed_and_not_otherwise(path: Path) -> None:
    file = ConfigFile(path)
    read(file)
    path.write_text('bill_to = "a"', encoding="utf-8")
    assert read(file).values == {"bill_to": "a"}
    assert file.read_if_changed() is None
    new = path.with_suffix(".new")
    new.write_text('bill_to = "b"', encoding="utf-8")
    os.utime(new, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    new.replace(path)
    assert read(file).values == {"bill_to": "b"}
    path.unlink()
    assert read(file).values == {}


BROKEN = {
    b'a = 1\nb = "x\n': "at line 2, column",
    b"a = 1\nb = \n": "at line 2, column 5",
    b'token = "hf_canary\n': "at line 1",
    b"token = hf_canary\n": "at line 1",
    b"[a\n": "at line 1",
    b"a = [": "at end of document",
    b'a = "\xff"': "not UTF-8",
    b"\xff\xfea\x00": "not UTF-8",
    b"a = " + b"[" * 10_000: "nested too deep",
    b"#" * 1_000_001: "too large",
}


@pytest.mark.parametrize("content", BROKEN)
def test_the_last_good_one_stays_while_a_file_is_broken(path: Path, content: bytes) -> None:
    path.write_text('bill_to = "good"', encoding="utf-8")
    file = ConfigFile(path)
    read(file)
    path.write_bytes(content)
    broken = read(file)
    assert broken.values == {"bill_to": "good"}
    assert [problem.source for problem in broken.problems] == ["config.toml"]
    assert BROKEN[content] in broken.problems[0].sentence
    assert "hf_canary" not in broken.problems[0].sentence
    assert file.read_if_changed() is None
    path.write_text('bill_to = "mended"', encoding="utf-8")
    assert read(file) == ConfigReading({"bill_to": "mended"})


def test_what_is_no_file_is_a_problem_and_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert len(read(ConfigFile(path)).problems) == 1
    for path in (tmp_path / "loop", tmp_path / ("x" * 5000), Path("a\0b")):
        assert read(ConfigFile(path)).values == {}


def test_a_link_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_bytes(b'\xef\xbb\xbfbill_to = "\xc3\xa9"\r\n')
    (tmp_path / "config.toml").symlink_to(tmp_path / "dotfiles.toml")
    assert read(ConfigFile(tmp_path / "config.toml")).values == {"bill_to": "é"}


def test_a_reading_does_not_show_what_it_read(path: Path) -> None:
    path.write_text('token = "hf_canary"', encoding="utf-8")
    assert "hf_canary" not in repr(read(ConfigFile(path)))


def test_a_start_with_a_broken_file_has_what_it_last_said(tmp_path: Path) -> None:
    path, kept = tmp_path / "config.toml", tmp_path / "state" / "last-good.json"
    path.write_text('bill_to = "mine"\n', encoding="utf-8")
    assert ConfigFile(path, kept).read_if_changed() is not None
    path.write_text('bill_to = "mine"\n[complete\n', encoding="utf-8")
    reading = ConfigFile(path, kept).read_if_changed()
    assert reading is not None
    assert reading.values == {"bill_to": "mine"}
    assert "line 2" in str(reading.problems[0])


def test_what_another_file_said_is_of_no_use(tmp_path: Path) -> None:
    kept = tmp_path / "last-good.json"
    (tmp_path / "a.toml").write_text('bill_to = "a"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text("[", encoding="utf-8")
    ConfigFile(tmp_path / "a.toml", kept).read_if_changed()
    reading = ConfigFile(tmp_path / "b.toml", kept).read_if_changed()
    assert reading is not None
    assert reading.values == {}


def test_a_file_that_was_deleted_is_forgotten_and_a_broken_memory_harms_nothing(tmp_path: Path) -> None:
    path, kept = tmp_path / "config.toml", tmp_path / "last-good.json"
    path.write_text('bill_to = "mine"\n', encoding="utf-8")
    ConfigFile(path, kept).read_if_changed()
    path.unlink()
    ConfigFile(path, kept).read_if_changed()
    assert not kept.exists()
    kept.write_text("{}", encoding="utf-8")
    path.write_text("[", encoding="utf-8")
    reading = ConfigFile(path, kept).read_if_changed()
    assert reading is not None
    assert reading.values == {}
