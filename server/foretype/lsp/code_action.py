"""textDocument/codeAction: the menu of the part of the server to which a document belongs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from lsprotocol import types

from foretype.lsp.client import Client
from foretype.lsp.server import Server

Item = types.CodeAction | types.Command
Own = Callable[[types.CodeActionParams], Sequence[Item] | None]
Menu = Callable[[types.CodeActionParams], Awaitable[Sequence[Item]]]


def register(server: Server, client: Client, own: Own, menus: Sequence[Menu]) -> None:
    """A document that is the server's own has its own menu; for any other `own` is None."""

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    async def code_action(params: types.CodeActionParams) -> list[Item]:
        found = own(params)
        if found is None:
            found = [item for menu in menus for item in await menu(params)]
        return [item if client.has_action_literals else plain(item) for item in found]


def plain(item: Item) -> Item:
    """For a client that knows commands only: every action of ours is one."""
    return item.command if isinstance(item, types.CodeAction) and item.command else item
