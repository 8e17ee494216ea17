"""The folders that are open, while they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.documents.folders import OpenFolders

ONE, TWO = "file:///home/one", "file:///home/two"


@pytest.mark.parametrize(
    ("added", "removed", "left"),
    [
        ([], [], ["one", "two"]),
        (["file:///home/three"], [], ["one", "two", "three"]),
        (["file:///home/three"], [ONE], ["two", "three"]),
        ([], [ONE, TWO], []),
        ([], ["file:///home/one/"], ["two"]),
        ([], ["file:///home/%6Fne"], ["two"]),
        ([], ["file:///elsewhere"], ["one", "two"]),
        ([ONE], [], ["one", "two"]),
        (["untitled:x", "vscode-remote://ssh/home/three"], [], ["one", "two"]),
    ],
)
def test_what_is_opened_comes_last_and_what_is_closed_goes(
    added: list[str], removed: list[str], left: list[str]
) -> None:
    folders = OpenFolders([ONE, TWO])
    folders.change(added, removed)
    assert list(folders) == [Path("/home") / name for name in left]
    assert [folders[at] for at in range(len(folders))] == list(folders)


def test_observers_hear_of_other_folders_and_of_nothing_else() -> None:
    folders, heard = OpenFolders([ONE]), []
    folders.observe(lambda: heard.append(len(folders)))
    folders.change([ONE], [TWO])
    assert heard == []
    folders.change([TWO], [])
    folders.change([], [ONE])
    assert heard == [2, 1]


def test_who_goes_through_them_sees_all_of_one_moment() -> None:
    folders = OpenFolders([ONE, TWO])
    seen = []
    for folder in folders:
        folders.change([], [ONE, TWO])
        seen.append(folder.name)
    assert seen == ["one", "two"]
