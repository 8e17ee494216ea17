"""workspace/executeCommand: the short list of commands, each checking its own arguments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from lsprotocol import types

from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.messages import Json
from foretype.lsp.server import Server

Command = Callable[[Sequence[Json]], Awaitable[Json]]


def one_string(arguments: Sequence[Json], what: str) -> str:
    """The only argument of a command that takes one string."""
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise RpcError(ErrorCode.INVALID_PARAMS, f"the command takes one argument, {what}, a string")
    return arguments[0]


def register(server: Server, find: Callable[[str], Command | None]) -> None:
    @server.feature(types.WORKSPACE_EXECUTE_COMMAND)
    async def execute(params: types.ExecuteCommandParams) -> Json:
        command = find(params.command)
        if command is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"there is no command {params.command[:100]!r}")
        return await command(params.arguments or ())
