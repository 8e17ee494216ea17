"""textDocument/codeAction: the menu of the part of the server to which a document belongs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol import types

from foretype.lsp.client import Client
from foretype.lsp.server import Server

Item = types.CodeAction | types.Command
Menu = Callable[[types.CodeActionParams], Sequence[Item] | None]


def register(server: Server, client: Client, menus: Sequence[Menu]) -> None:
    """The first menu that is not None is the document's."""

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    async def code_action(params: types.CodeActionParams) -> list[Item]:
        found = next((items for menu in menus if (items := menu(params)) is not None), ())
        return [item if client.has_action_literals else plain(item) for item in found]


def plain(item: Item) -> Item:
    """For a client that knows commands only: every action of ours is one."""
    return item.command if isinstance(item, types.CodeAction) and item.command else item
