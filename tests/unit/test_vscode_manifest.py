"""The manifest of the VS Code extension says of settings, commands and versions what the server says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foretype import __version__
from foretype.config import trust
from foretype.config.describe import known_keys
from foretype.lsp.capabilities import COMMANDS

import manifest_settings

MANIFEST: dict[str, Any] = json.loads(manifest_settings.MANIFEST.read_text(encoding="utf-8"))
PROPERTIES: dict[str, Any] = MANIFEST["contributes"]["configuration"]["properties"]
SERVER_NAMES = (
    *("chat", "conversations", "edit", "explain", "login", "logout", "models", "pull", "restart_engine"),
    *("select_model", "stats", "status", "toggle"),
)


def test_the_settings_are_the_options_of_the_server() -> None:
    expected = json.loads(json.dumps(manifest_settings.with_settings(json.loads(json.dumps(MANIFEST)))))
    assert expected == MANIFEST, "run: python vscode-client/manifest_settings.py"


def test_every_setting_of_the_server_is_offered() -> None:
    offered = {name.removeprefix("foretype.") for name in PROPERTIES}
    assert offered == set(known_keys()) | set(manifest_settings.OWN)


@pytest.mark.parametrize(
    "name", ["server.path", "server.python", "token", "endpoints", "models.complete", "bill_to"]
)
def test_what_names_programs_servers_files_and_payers_is_the_users_alone(name: str) -> None:
    assert PROPERTIES[f"foretype.{name}"]["scope"] == "machine"


def test_an_untrusted_workspace_has_no_say_in_what_the_server_would_judge() -> None:
    restricted = set(MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"])
    assert restricted >= {
        f"foretype.{key}" for key, rule in trust.RULES.items() if rule is not trust.harmless
    }


def test_no_proposed_api_is_asked_for() -> None:
    assert MANIFEST["enabledApiProposals"] == []


def test_the_extension_and_its_server_are_one_version() -> None:
    assert MANIFEST["version"] == __version__


def test_no_command_of_the_extension_has_the_name_of_one_of_the_server() -> None:
    """VS Code has the server's commands under their own names, and would refuse to start a second one."""
    ours = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    assert not ours & {*COMMANDS, *(f"foretype.{name}" for name in SERVER_NAMES)}


def test_every_command_is_found_under_one_category() -> None:
    assert {command["category"] for command in MANIFEST["contributes"]["commands"]} == {"Foretype"}
