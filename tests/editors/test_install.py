"""Where real editors cannot be had the tests say why, and nothing that is not theirs is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from editors.install import CHOICE, OURS, PROGRAMS, CannotInstall, Editors, installed


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One on which no program is found."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def test_a_tester_may_want_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "none")
    assert installed() is None


def test_programs_that_are_there_are_used_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bare_machine: None
) -> None:
    for name in PROGRAMS:
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv(CHOICE, str(tmp_path))
    assert installed() == Editors(tmp_path)


def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bare_machine: None
) -> None:
    monkeypatch.setenv(CHOICE, str(tmp_path / "editors"))
    with pytest.raises(CannotInstall, match=f"(?s)(no apt-get here|for Linux).*{CHOICE}.*`none`"):
        installed()
    assert not (tmp_path / "editors").exists()


@pytest.mark.parametrize("marked_as_ours", [False, True])
def test_only_a_folder_of_ours_is_emptied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, marked_as_ours: bool
) -> None:
    folder = tmp_path / "editors"
    folder.mkdir()
    (folder / "letters.txt").write_text("dear")
    if marked_as_ours:
        (folder / OURS).touch()
    monkeypatch.setenv(CHOICE, str(folder))
    monkeypatch.setattr("editors.install.check_machine", lambda: Path("patchelf"))
    monkeypatch.setattr("editors.install.download", stop)
    with pytest.raises(CannotInstall):
        installed()
    assert (folder / "letters.txt").exists() is not marked_as_ours


def stop(apt: Path, suite: str, packages: Sequence[str], left_out: Sequence[str]) -> list[Path]:
    raise CannotInstall("There is no network in this test.")
