"""What the server serves, read off the server itself, with parameters that are right for each method."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from foretype.app import App
from foretype.config.environment import Environment
from foretype.log.start import logging_on
from foretype.lsp.client import Client
from foretype.lsp.rpc import Connection

Json = Any

URI = "file:///project/served.py"
DOCUMENT = {"uri": URI, "version": 2}
ITEM = {"uri": URI, "languageId": "python", "version": 1, "text": "x = 1\n"}
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
CELL = {"kind": 2, "document": "cell:1"}
NOTEBOOK = {"uri": "file:///b.ipynb", "notebookType": "jupyter", "version": 1, "cells": [CELL]}
CELL_CHANGE = {
    "structure": {
        "array": {"start": 0, "deleteCount": 1, "cells": [CELL]},
        "didOpen": [ITEM],
        "didClose": [{"uri": URI}],
    },
    "data": [CELL],
    "textContent": [{"document": DOCUMENT, "changes": [{"range": RANGE, "text": "y"}]}],
}

RIGHT_PARAMS: dict[str, Json] = {
    "textDocument/didOpen": {"textDocument": ITEM},
    "textDocument/didChange": {"textDocument": DOCUMENT, "contentChanges": [{"range": RANGE, "text": "y"}]},
    "textDocument/didSave": {"textDocument": {"uri": URI}},
    "textDocument/didClose": {"textDocument": {"uri": URI}},
    "notebookDocument/didOpen": {"notebookDocument": NOTEBOOK, "cellTextDocuments": [ITEM]},
    "notebookDocument/didChange": {
        "notebookDocument": {"uri": "file:///b.ipynb", "version": 2},
        "change": {"cells": CELL_CHANGE},
    },
    "notebookDocument/didClose": {
        "notebookDocument": {"uri": "file:///b.ipynb"},
        "cellTextDocuments": [{"uri": "cell:1"}],
    },
    "initialized": {},
    "workspace/didChangeConfiguration": {"settings": {"foretype": {"complete": {"enabled": False}}}},
    "workspace/didChangeWorkspaceFolders": {
        "event": {"added": [{"uri": "file:///project", "name": "project"}], "removed": []}
    },
    "textDocument/completion": {
        "textDocument": {"uri": URI},
        "position": {"line": 0, "character": 1},
        "context": {"triggerKind": 1},
    },
    "textDocument/inlineCompletion": {
        "textDocument": {"uri": URI},
        "position": {"line": 0, "character": 1},
        "context": {"triggerKind": 2, "selectedCompletionInfo": {"range": RANGE, "text": "x"}},
    },
    "textDocument/hover": {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 1}},
    "textDocument/codeAction": {
        "textDocument": {"uri": URI},
        "range": RANGE,
        "context": {
            "diagnostics": [{"range": RANGE, "message": "m", "severity": 1}],
            "only": ["quickfix"],
            "triggerKind": 1,
        },
    },
    "window/workDoneProgress/cancel": {"token": "foretype-0"},
    "foretype/chat": {
        "partialResultToken": "t",
        "text": "/model",
        "uri": URI,
        "range": RANGE,
        "images": ["data:image/png;base64,iVBORw0KGgo="],
        "model": "lab:m",
        "goes_on": False,
    },
    "workspace/executeCommand": {"command": "foretype.status", "arguments": []},
    "foretype/setKey": {"key": None},
}


class Nowhere:
    """The outlet of a connection that nobody listens to."""

    waiting_bytes = 0

    def send(self, body: bytes) -> None:
        json.loads(body)


INLINE: Json = {"textDocument": {"inlineCompletion": {}}}


def app(home: Path, able: Json) -> App:
    """The server's parts as they are put together for a client of these capabilities."""
    with logging_on() as log:
        connection = Connection(Nowhere(), lambda params: params)
        return App(Environment(home=home), log, None, connection, Client.parse({"capabilities": able}))


def methods(app: App) -> set[str]:
    app.asked_for()
    return set(app.ground.server.protocol.fm.features)
