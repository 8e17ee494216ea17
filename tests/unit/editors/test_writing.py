"""What `foretype setup --write` does to files that may be the user's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foretype.editors.recipe import File, Recipe, Tree
from foretype.editors.writing import BACKUP, HEADER, Change, change_of, copy, planned, write
from foretype.errors import ForetypeError


def put(file: File) -> Change:
    change = change_of(file)
    if change.is_needed:
        write(change)
    return change


def block(path: Path, text: str) -> File:
    return File(path, text, "block")


def test_a_block_stands_behind_what_is_there_and_is_replaced_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('theme = "dark"\n')
    put(block(path, "[a]\nx = 1\n"))
    path.write_text(path.read_text() + "[mine]\ny = 2\n")
    put(block(path, "[a]\nx = 2\n"))
    text = path.read_text()
    assert text.startswith('theme = "dark"\n')
    assert text.endswith("[mine]\ny = 2\n")
    assert "x = 2" in text
    assert "x = 1" not in text


def test_writing_twice_changes_nothing_and_keeps_no_second_copy(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("a = 1\n")
    file = block(path, "[b]\n")
    assert put(file).is_needed
    written = path.read_text()
    assert not put(file).is_needed
    assert path.read_text() == written
    assert (tmp_path / f"config.toml{BACKUP}").read_text() == "a = 1\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_earlier_copy_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("a = 1\n")
    put(block(path, "[b]\n"))
    put(block(path, "[c]\n"))
    assert (tmp_path / f"config.toml{BACKUP}").read_text() == "a = 1\n"
    assert "[b]" in (tmp_path / f"config.toml{BACKUP}-2").read_text()


def test_a_table_that_the_user_has_already_is_not_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[keys.normal]\nC-s = ':w'\n")
    with pytest.raises(ForetypeError, match="has some of this already"):
        change_of(block(path, "[keys.normal]\nC-k = 'x'\n"))


def test_a_block_without_its_end_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "init.el"
    path.write_text("# foretype setup begins\nmine\n")
    with pytest.raises(ForetypeError, match="not its end"):
        change_of(block(path, "x"))


def test_a_file_of_the_users_own_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "foretype.lua"
    path.write_text("-- mine\n")
    with pytest.raises(ForetypeError, match="is a file of yours"):
        change_of(File(path, "x", "own", "--"))
    path.write_text(f"-- {HEADER}\nold\n")
    put(File(path, "new\n", "own", "--"))
    assert path.read_text() == f"-- {HEADER}\nnew\n"


def test_keys_are_added_and_the_users_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "é", "servers": {"rust": {"command": ["ra"]}}}')
    put(File(path, '{"servers": {"python": 1}}', "json"))
    assert json.loads(path.read_text()) == {
        "theme": "é",
        "servers": {"rust": {"command": ["ra"]}, "python": 1},
    }
    assert not change_of(File(path, '{"servers": {"python": 1}}', "json")).is_needed


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"servers": {"python": 2}}', "servers: python is set to something else"),
        ("{// a\n}", "has comments"),
    ],
)
def test_keys_that_would_replace_the_users_are_not_written(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(ForetypeError, match=problem):
        change_of(File(path, '{"servers": {"python": 1}}', "json"))
    assert path.read_text() == text


def test_where_one_change_cannot_be_made_none_is(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("[t]\n")
    files = (block(tmp_path / "a.toml", "[t]\n"), block(tmp_path / "b.toml", "[t]\n"))
    with pytest.raises(ForetypeError):
        planned(Recipe("x", "", files))
    assert not (tmp_path / "a.toml").exists()


def test_a_link_into_another_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "init"
    real.write_text("a\n")
    (tmp_path / "init").symlink_to(real)
    put(block(tmp_path / "init", "x\n"))
    assert (tmp_path / "init").is_symlink()
    assert "x\n" in real.read_text()


def test_the_plugin_is_copied_over_an_older_one_of_ours_only(tmp_path: Path) -> None:
    source, destination = tmp_path / "source", tmp_path / "site" / "plugin"
    source.mkdir()
    (source / "a.lua").write_text("1")
    assert copy(Tree(source, destination))
    assert not copy(Tree(source, destination))
    (destination / "gone.lua").write_text("old")
    assert copy(Tree(source, destination))
    assert not (destination / "gone.lua").exists()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    with pytest.raises(ForetypeError, match="somebody else"):
        copy(Tree(source, theirs))
    assert list(theirs.iterdir()) == []
