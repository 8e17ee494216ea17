"""workspace/didChangeWorkspaceFolders: the user opened or closed a folder."""

from __future__ import annotations

from lsprotocol import types

from foretype.documents.folders import OpenFolders
from foretype.lsp.server import Server


def register(server: Server, folders: OpenFolders) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change(params: types.DidChangeWorkspaceFoldersParams) -> None:
        event = params.event
        folders.change([each.uri for each in event.added], [each.uri for each in event.removed])
