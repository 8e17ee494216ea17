"""What the server says of itself in the answer to `initialize`: the one place that does.

It is plain JSON, so that the answer need not wait for the protocol's types to load. A test reads it with
those types, and holds it against the methods that are really served.
"""

from __future__ import annotations

from foretype import __version__
from foretype.lsp.client import Client
from foretype.lsp.messages import Json

INCREMENTAL = 2

COMMANDS = (
    "foretype.status",
    "foretype.toggle",
    "foretype.login",
    "foretype.logout",
    "foretype.accepted",
    "foretype.rejected",
    "foretype.models",
    "foretype.select_model",
    "foretype.stats",
    "foretype.pull",
    "foretype.restart_engine",
    "foretype.edit",
    "foretype.action",
    "foretype.explain",
    "foretype.chat",
    "foretype.review",
    "foretype.sent",
    "foretype.conversations",
)

# A plain menu asks when a word has begun, and at what it is told: places where code goes on without one.
BETWEEN_WORDS = "([{=.,:"
ACTION_KINDS = ("quickfix", "refactor.extract", "refactor.rewrite", "source")


def initialize_result(client: Client) -> Json:
    asks_for_words = client.has_plain_menu and not client.has_inline_completion
    provider = "inlineCompletionProvider" if client.has_inline_completion else "completionProvider"
    return {
        "serverInfo": {"name": "foretype", "version": __version__},
        "capabilities": {
            "positionEncoding": client.encoding.value,
            "textDocumentSync": {"openClose": True, "change": INCREMENTAL, "save": True},
            "notebookDocumentSync": {"notebookSelector": [{"notebook": "*"}]},
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            provider: {"triggerCharacters": list(BETWEEN_WORDS)} if asks_for_words else {},
            "hoverProvider": True,
            "codeActionProvider": {"codeActionKinds": list(ACTION_KINDS)},
            "executeCommandProvider": {"commands": list(COMMANDS)},
        },
    }
