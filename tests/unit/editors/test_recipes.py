"""The text that each editor gets, on a machine of the test's own making."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from foretype.editors.recipe import Machine, Recipe
from foretype.editors.table import ALSO, EDITORS

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

# What a configuration's text is filled in at; other dollar signs are its own.
SLOT = re.compile(r"\$(?:arguments|command|modes|program|types)\b")
HEALTH = "Configured language servers:\n  ✓ pylsp: /usr/bin/pylsp\n  ✘ ruff: not found\nHighlight: ✓\n"


def machine(said: Mapping[tuple[str, ...], str] | None = None, **more: Any) -> Machine:
    answers = dict(said or {})
    fields: dict[str, Any] = {
        "home": Path("/home/me"),
        "variables": {},
        "platform": "linux",
        "command": ("/opt/my tools/foretype",),
        "run": lambda command: answers.get(command, ""),
        **more,
    }
    return Machine(**fields)


def recipe(name: str, said: Mapping[tuple[str, ...], str] | None = None, **more: Any) -> Recipe:
    return EDITORS[name](machine(said, **more))


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_editor_has_a_recipe_everywhere(name: str, platform: str) -> None:
    made = recipe(name, platform=platform)
    assert "was not found" in made.found
    assert not made.verify
    for file in made.files:
        assert file.path.is_relative_to("/home/me")
        assert not SLOT.search(file.text)
        if name != "zed" and not file.text.startswith("source "):
            assert "/opt/my tools/foretype" in file.text


def test_the_other_names_are_names_of_editors() -> None:
    assert set(ALSO.values()) <= set(EDITORS)


def test_helix_keeps_each_languages_own_servers() -> None:
    said = {("hx", "--version"): "helix 25.07.1", ("hx", "--health", "python"): HEALTH}
    languages, keys = recipe("helix", said).files
    python, markdown = tomllib.loads(languages.text)["language"]
    assert python["language-servers"] == ["pylsp", "ruff", "foretype"]
    assert (markdown["name"], markdown["language-servers"]) == ("markdown", ["foretype"])
    assert "lsp-workspace-command" in tomllib.loads(keys.text)["keys"]["normal"]["C-k"]


def test_helix_gets_patience_for_a_model_that_takes_its_time() -> None:
    languages, _ = recipe("helix").files
    assert tomllib.loads(languages.text)["language-server"]["foretype"]["timeout"] >= 60


def test_helix_before_25_07_gets_the_key_that_it_has() -> None:
    _, keys = recipe("helix", {("hx", "--version"): "helix 25.01.1 (e7ac2fcd)"}).files
    assert tomllib.loads(keys.text)["keys"]["select"]["C-k"].startswith("@:pipe ")
    assert "lsp-workspace-command" not in keys.text


def test_a_neovim_that_is_too_old_is_told_so() -> None:
    assert "is older" in recipe("neovim", {("nvim", "--version"): "NVIM v0.9.5"}).notes[0]
    assert "is older" not in recipe("neovim", {("nvim", "--version"): "NVIM v0.10.4"}).notes[0]


def test_neovim_under_another_name_has_folders_of_that_name() -> None:
    made = recipe("neovim", variables={"NVIM_APPNAME": "mine", "XDG_CONFIG_HOME": "/home/me/conf"})
    assert made.files[0].path == Path("/home/me/conf/mine/plugin/foretype.lua")
    assert made.tree is not None
    assert made.tree.destination.is_relative_to("/home/me/.local/share/mine/site/pack")


def test_emacs_and_vim_start_the_server_themselves_to_see_that_it_answers() -> None:
    vim = recipe("vim", {("vim", "--version"): "VIM - Vi IMproved 9.2 (2026 Feb 1)"}).verify
    assert 'job_start(["/opt/my tools/foretype", "lsp"]' in " ".join(vim)
    for name in ("emacs-eglot", "emacs-lsp-mode"):
        *_, lisp = recipe(name, {("emacs", "--version"): "GNU Emacs 30.2"}).verify
        assert '(list "/opt/my tools/foretype" "lsp")' in lisp


def test_eglot_calls_each_language_as_everybody_else_does() -> None:
    """By itself it would say `js` and `c++`, which no setting for a language means."""
    (file,) = recipe("emacs-eglot", languages=("python", "javascript", "cpp", "rust")).files
    assert "(python-mode python-ts-mode (js-mode" in file.text
    assert '(js-ts-mode :language-id "javascript")' in file.text
    assert '(c++-mode :language-id "cpp")' in file.text
    assert "rust-mode rust-ts-mode (foretype-chat-mode" in file.text


def test_vs_code_is_asked_whether_it_has_the_extension() -> None:
    made = recipe("vscode", {("code", "--version"): "1.109.0"})
    assert (made.verify, made.proof) == (("code", "--list-extensions"), ("foretype.foretype",))


def test_a_vim_that_is_too_old_for_ghost_text_is_told_so() -> None:
    made = recipe("vim", {("vim", "--version"): "VIM - Vi IMproved 9.0 (2022 Jun 28)"})
    assert "is older" in made.notes[0]
    assert not made.verify


def test_kakoune_reads_a_file_of_its_own_for_the_languages_that_are_wanted() -> None:
    program, kakrc = recipe("kakoune", languages=("python", "rust")).files
    assert (program.path, program.kind) == (Path("/home/me/.config/kak/foretype.kak"), "own")
    assert "LSPDefaultConfig=(?:python|rust|markdown)" in program.text
    assert (kakrc.path, kakrc.kind) == (Path("/home/me/.config/kak/kakrc"), "block")
    assert kakrc.text == 'source "%val{config}/foretype.kak"\n'


def test_the_json_of_zed_names_the_port_of_serve() -> None:
    settings = json.loads(recipe("zed").files[0].text)
    assert settings["edit_predictions"]["open_ai_compatible_api"]["api_url"].startswith("http://127.0.0.1:")


def test_kates_question_whether_to_start_the_server_is_left_to_its_user() -> None:
    (settings,) = recipe("kate").files
    assert settings.path == Path("/home/me/.config/kate/lspclient/settings.json")
    assert any("asks once whether it may start" in note for note in recipe("kate").notes)


def test_kates_languages_and_the_chat_about_them_have_one_server() -> None:
    (settings,) = recipe("kate", languages=("python", "rust")).files
    servers = json.loads(settings.text)["servers"]
    assert servers.pop("foretype")["useWorkspace"]
    assert servers == {each: {"use": "foretype"} for each in ("python", "rust", "markdown")}
