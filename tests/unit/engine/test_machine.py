"""What the engine finds out about the machine."""

from __future__ import annotations

from foretype.engine.cores import cores_in, default_threads

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
