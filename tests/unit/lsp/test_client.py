"""What a client says of itself, read whatever it says."""

from __future__ import annotations

from typing import Any

import pytest

from foretype.documents.encoding import Encoding
from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError

Json = Any


def test_everything_that_is_advertised_is_read() -> None:
    client = Client.parse(
        {
            "processId": 7,
            "clientInfo": {"name": "Neovim", "version": "0.12.4"},
            "workspaceFolders": [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b", "name": "b"}],
            "initializationOptions": {"complete": {}},
            "capabilities": {
                "general": {"positionEncodings": ["utf-8", "utf-16"]},
                "window": {"workDoneProgress": True, "showDocument": {"support": True}},
                "workspace": {
                    "applyEdit": True,
                    "configuration": True,
                    "workspaceEdit": {"documentChanges": True},
                    "didChangeConfiguration": {"dynamicRegistration": True},
                },
                "textDocument": {"inlineCompletion": {"dynamicRegistration": False}},
                "experimental": {"foretype": True},
            },
        }
    )
    assert (client.name, client.version, client.process_id) == ("Neovim", "0.12.4", 7)
    assert client.encoding is Encoding.UTF_8
    assert client.folders == ("file:///a", "file:///b")
    assert client.options == {"complete": {}}
    assert client.answers_configuration
    assert client.registers_configuration_changes
    assert client.applies_edits
    assert client.versions_edits
    assert client.shows_documents
    assert client.shows_progress
    assert client.has_inline_completion
    assert client.hears_status


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], [1], {"a": 1}, True, {"support": "yes"}, {"positionEncodings": 5}], ids=repr
)
def test_what_is_odd_counts_as_not_advertised(odd: Json) -> None:
    sections = ("general", "window", "workspace", "textDocument", "experimental")
    able = dict.fromkeys(sections, odd)
    client = Client.parse({"capabilities": able, "clientInfo": odd, "workspaceFolders": odd, "rootUri": odd})
    assert client.encoding is Encoding.UTF_16
    assert not client.applies_edits
    assert not client.answers_configuration
    assert not client.has_inline_completion
    assert not client.hears_status
    assert all(isinstance(folder, str) for folder in client.folders)


@pytest.mark.parametrize(
    "params", [None, [], "x", {}, {"capabilities": None}, {"capabilities": {}, "processId": "7"}], ids=repr
)
def test_what_is_no_initialize_is_refused(params: Json) -> None:
    with pytest.raises(RpcError) as refused:
        Client.parse(params)
    assert refused.value.code == -32602


def test_an_ability_without_details_may_be_written_as_null() -> None:
    able = {"textDocument": {"inlineCompletion": None}}
    assert Client.parse({"capabilities": able}).has_inline_completion
    assert not Client.parse({"capabilities": {"textDocument": {}}}).has_inline_completion


def test_an_older_client_names_one_root() -> None:
    assert Client.parse({"capabilities": {}, "rootUri": "file:///a"}).folders == ("file:///a",)
    assert Client.parse({"capabilities": {}, "rootUri": None}).folders == ()
    both = {"capabilities": {}, "rootUri": "file:///a", "workspaceFolders": []}
    assert Client.parse(both).folders == ("file:///a",)


@pytest.mark.parametrize(
    ("menu", "is_plain", "is_older"),
    [
        ({}, True, False),
        ({"contextSupport": False}, True, False),
        ({"completionItem": {"snippetSupport": True, "resolveSupport": {"properties": []}}}, True, False),
        ({"contextSupport": True}, False, False),
        ({"contextSupport": True, "completionItemKind": {}}, False, False),
        ({"completionItem": {"insertReplaceSupport": True}, "completionItemKind": {}}, False, False),
        ({"completionItem": {"snippetSupport": True}, "completionItemKind": {}}, False, True),
    ],
    ids=["nothing", "no context", "Kate", "context", "eglot", "Helix", "kakoune-lsp"],
)
def test_a_menu_is_plain_if_it_says_nothing_that_kate_would_not(
    menu: Json, is_plain: bool, is_older: bool
) -> None:
    """Helix asks again for an incomplete list without a word about contexts: a menu must not wait there."""
    client = Client.parse({"capabilities": {"textDocument": {"completion": menu}}})
    assert (client.has_plain_menu, client.has_older_menu) == (is_plain, is_older)
    assert client.has_snippets is ("snippetSupport" in menu.get("completionItem", {}))
