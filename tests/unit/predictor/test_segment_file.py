from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from foretype.predictor import segment_file
from foretype.predictor.building import SourceFile, build
from foretype.predictor.segment import Segment


@pytest.fixture
def segment() -> Segment:
    return build(
        [SourceFile("a.py", "code", "größe = 1\nx\t= größe\n"), SourceFile("b.py", "code", "x = '𝛼'\n")]
    )


@pytest.fixture
def written(segment: Segment, tmp_path: Path) -> Path:
    path = tmp_path / "cache" / ("a" + segment_file.SUFFIX)
    segment_file.write(segment, path)
    return path


def test_what_is_read_is_what_was_written(segment: Segment, written: Path) -> None:
    again = segment_file.read(written)
    assert again is not None
    assert list(again.words) == list(segment.words)
    for name in ("backwards", "gaps", "places", "heads", "file_ends", "paths", "gap_texts"):
        assert getattr(again, name) == getattr(segment, name)


def test_only_the_user_may_read_it(written: Path) -> None:
    expected = 0o600 if os.name == "posix" else stat.S_IMODE(written.stat().st_mode)
    assert stat.S_IMODE(written.stat().st_mode) == expected


def test_a_second_writing_replaces_the_first_and_leaves_nothing_else(written: Path) -> None:
    segment_file.write(build([]), written)
    again = segment_file.read(written)
    assert again is not None
    assert list(again.paths) == []
    assert list(written.parent.iterdir()) == [written]


def test_a_writing_that_fails_leaves_the_first_alone(segment: Segment, written: Path) -> None:
    before = written.read_bytes()
    broken = Segment(**{**vars(segment), "gaps": "not bytes"})
    with pytest.raises(TypeError):
        segment_file.write(broken, written)
    assert written.read_bytes() == before
    assert list(written.parent.iterdir()) == [written]


def test_a_damaged_file_is_ignored_wherever_the_damage_is(written: Path) -> None:
    whole = written.read_bytes()
    for at in range(len(whole)):
        written.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
        assert segment_file.read(written) is None, f"byte {at} may be changed"
    for length in range(0, len(whole), 7):
        written.write_bytes(whole[:length])
        assert segment_file.read(written) is None, f"the file may end at {length}"


def test_a_file_of_another_version_or_none_at_all_is_ignored(written: Path, tmp_path: Path) -> None:
    whole = written.read_bytes()
    written.write_bytes(whole.replace(b"workspace 1\n", b"workspace 2\n", 1))
    assert segment_file.read(written) is None
    assert segment_file.read(tmp_path / "missing") is None
    assert segment_file.read(tmp_path) is None


def test_a_file_of_the_other_byte_order_is_ignored(
    segment: Segment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "byteorder", {"little": "big", "big": "little"}[sys.byteorder])
        segment_file.write(segment, tmp_path / "other")
    assert segment_file.read(tmp_path / "other") is None


def test_forgetting_deletes_every_segment_and_nothing_else(written: Path) -> None:
    (written.parent / "left.part").touch()
    (written.parent / "other.txt").touch()
    assert segment_file.forget(written.parent) == 1
    assert [path.name for path in written.parent.iterdir()] == ["other.txt"]
    assert segment_file.forget(written.parent / "missing") == 0
