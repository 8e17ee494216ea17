"""What the client said of itself in `initialize`, read once into a frozen value.

Nothing is sent to a client that it has not advertised here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foretype.documents.encoding import Encoding, negotiate
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.messages import Json


@dataclass(frozen=True)
class Client:
    name: str
    version: str
    process_id: int | None
    encoding: Encoding
    folders: tuple[str, ...]
    options: Json
    answers_configuration: bool
    registers_configuration_changes: bool
    applies_edits: bool
    versions_edits: bool
    confirms_edits: bool
    shows_documents: bool
    shows_progress: bool
    has_inline_completion: bool
    has_plain_menu: bool
    """Whether it advertises nothing of a menu but entries, as Kate does, which reads little more."""
    has_older_menu: bool
    """Whether it names kinds of entries, but neither why it asks nor two ways to insert: kakoune-lsp."""
    has_snippets: bool
    hears_status: bool
    has_action_literals: bool
    shows_disabled_actions: bool
    hovers_in_markdown: bool

    @staticmethod
    def parse(params: Json) -> Client:
        """Read the parameters of `initialize`; what is missing or odd counts as not advertised."""
        if not isinstance(params, dict) or not isinstance(params.get("capabilities"), dict):
            raise RpcError(ErrorCode.INVALID_PARAMS, "initialize needs an object with capabilities")
        process_id = params.get("processId")
        if not (process_id is None or type(process_id) is int):
            raise RpcError(ErrorCode.INVALID_PARAMS, "processId must be an integer or null")
        able = params["capabilities"]
        return Client(
            name=string(at(params, "clientInfo", "name")),
            version=string(at(params, "clientInfo", "version")),
            process_id=process_id,
            encoding=negotiate(strings(at(able, "general", "positionEncodings"))),
            folders=folders(params),
            options=params.get("initializationOptions"),
            answers_configuration=at(able, "workspace", "configuration") is True,
            registers_configuration_changes=at(
                able, "workspace", "didChangeConfiguration", "dynamicRegistration"
            )
            is True,
            applies_edits=at(able, "workspace", "applyEdit") is True,
            versions_edits=at(able, "workspace", "workspaceEdit", "documentChanges") is True,
            confirms_edits=isinstance(
                at(able, "workspace", "workspaceEdit", "changeAnnotationSupport"), dict
            ),
            shows_documents=at(able, "window", "showDocument", "support") is True,
            shows_progress=at(able, "window", "workDoneProgress") is True,
            has_inline_completion=names(at(able, "textDocument"), "inlineCompletion"),
            has_plain_menu=is_plain(at(able, "textDocument", "completion")),
            has_older_menu=is_older(at(able, "textDocument", "completion")),
            has_snippets=at(able, "textDocument", "completion", "completionItem", "snippetSupport") is True,
            hears_status=at(able, "experimental", "foretype") is True,
            has_action_literals=isinstance(
                at(able, "textDocument", "codeAction", "codeActionLiteralSupport"), dict
            ),
            shows_disabled_actions=at(able, "textDocument", "codeAction", "disabledSupport") is True,
            hovers_in_markdown="markdown" in strings(at(able, "textDocument", "hover", "contentFormat")),
        )


def at(value: Json, *path: str) -> Json:
    """What stands at a path of keys, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def names(able: Json, ability: str) -> bool:
    """An ability that is said by an object; lsp-mode writes an empty one as null."""
    return isinstance(able, dict) and isinstance(able.get(ability, False), dict | None)


def is_plain(menu: Json) -> bool:
    """Whether a menu says nothing of why it asks, of kinds of entries and of ways to insert them."""
    return says_little(menu) and at(menu, "completionItemKind") is None


def is_older(menu: Json) -> bool:
    """Whether a menu names kinds of entries, and says nothing of why it asks and of ways to insert."""
    return says_little(menu) and at(menu, "completionItemKind") is not None


def says_little(menu: Json) -> bool:
    return not (at(menu, "contextSupport") or at(menu, "completionItem", "insertReplaceSupport"))


def string(value: Json) -> str:
    return value if isinstance(value, str) else ""


def strings(value: Json) -> Sequence[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def folders(params: dict[str, Json]) -> tuple[str, ...]:
    """The URIs of the open folders; older clients name one root instead, and Kate beside an empty list."""
    listed = params.get("workspaceFolders")
    if isinstance(listed, list) and listed:
        return tuple(uri for folder in listed if (uri := string(at(folder, "uri"))))
    root = string(params.get("rootUri"))
    return (root,) if root else ()
