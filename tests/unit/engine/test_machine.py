"""What the engine finds out about the machine."""

from __future__ import annotations

from pathlib import Path

from foretype.engine.cores import cores_in, default_threads
from foretype.engine.free_memory import available_bytes, available_in, left_in_container

HYPER_THREADED = """\
processor\t: 0
physical id\t: 0
core id\t\t: 0

processor\t: 1
physical id\t: 0
core id\t\t: 0

processor\t: 2
physical id\t: 0
core id\t\t: 1
"""


def test_hyper_threads_are_no_cores() -> None:
    assert len({core for _, core in cores_in(HYPER_THREADED)}) == 2


def test_there_is_always_a_thread() -> None:
    assert default_threads() >= 1


def test_memory_is_what_can_be_had_at_once(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable: 5 kB\n")
    assert available_in(meminfo) == 5 * 1024
    assert available_in(tmp_path / "nowhere") is None
    assert available_bytes() is None or available_bytes()


def test_a_container_counts_cached_files_as_free(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 300\n")
    assert left_in_container(tmp_path) == 400
    (tmp_path / "memory.max").write_text("max\n")
    assert left_in_container(tmp_path) is None
