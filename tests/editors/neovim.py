"""A real Neovim, into which keys are typed and whose buffers are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from editors.desk import Desk
from editors.install import Editors
from editors.nvim_rpc import Session
from editors.patience import PATIENCE_S, Found, until
from editors.readme import block
from editors.terminal import Terminal, terminal
from editors.wire import Wire

# The search for a Python provider starts several processes, and none of the tests uses it.
QUIET = "vim.g.loaded_python3_provider = 0\n"
COLOURS = "vim.o.termguicolors = true\n"
GHOSTS = """
local space = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
return space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
"""
CLIENT = "local client = vim.lsp.get_clients({ name = 'foretype' })[1]\n"
# Ghost text is asked for by autocommands that come into being a moment after the client is attached.
IS_ATTACHED = (
    CLIENT
    + """
local group = 'nvim.lsp.inline_completion:' .. vim.api.nvim_get_current_buf()
local exists, commands = pcall(vim.api.nvim_get_autocmds, { group = group })
return client ~= nil and client.initialized == true and exists and #commands > 0
"""
)
REQUEST = (
    CLIENT
    + """
local method, params = ...
local answer, problem = client:request_sync(method, params, 10000, 0)
return { result = answer and answer.result, problem = problem or answer.err }
"""
)


@dataclass(frozen=True)
class Ghost:
    """Text that is shown and is not in the buffer: where it starts, counted from 0 in lines and bytes.

    It stands over the text right of it where it would replace some of that.
    """

    line: int
    column: int
    text: str
    is_over: bool = False


class Neovim:
    """One Neovim process, and a connection to it."""

    ghosts = GHOSTS
    is_attached = IS_ATTACHED

    def __init__(self, session: Session, wire: Wire) -> None:
        self.call = session.call
        self._wire = wire

    async def lua(self, code: str, *arguments: Any) -> Any:
        return await self.call("nvim_exec_lua", code, list(arguments))

    async def type(self, keys: str) -> None:
        """Press these keys, at once; special ones are written as in a mapping."""
        assert await self.call("nvim_input", keys) == len(keys.encode())

    async def edit(self, file: Path) -> None:
        """Open a file, and wait until the server serves it."""
        await self.call("nvim_cmd", {"cmd": "edit", "args": [str(file)]}, {})
        await self.attached()

    async def attached(self) -> None:
        await self.until(partial(self.lua, self.is_attached), "the server attached")

    async def lines(self) -> list[str]:
        lines: list[str] = await self.call("nvim_buf_get_lines", 0, 0, -1, False)
        return lines

    async def mode(self) -> str:
        return str((await self.call("nvim_get_mode"))["mode"])

    async def cursor(self) -> tuple[int, int]:
        """The cursor's line and byte, both counted from 0."""
        line, column = await self.call("nvim_win_get_cursor", 0)
        return line - 1, column

    async def messages(self) -> str:
        """All that Neovim has said to its user."""
        said = await self.call("nvim_exec2", "messages", {"output": True})
        return str(said["output"])

    async def ghost(self) -> Ghost | None:
        """The suggestion on the screen."""
        marks = await self.lua(self.ghosts)
        assert len(marks) <= 1, marks
        for _, line, column, details in marks:
            below = [joined(chunks) for chunks in details.get("virt_lines", [])]
            text = "\n".join([joined(details["virt_text"]), *below])
            return Ghost(line, column, text, details["virt_text_pos"] == "overlay")
        return None

    async def ghost_is(self, line: int, column: int, text: str, *, is_over: bool = False) -> Ghost:
        """Wait until this very suggestion is on the screen."""
        wanted = Ghost(line, column, text, is_over)

        async def look() -> Ghost | None:
            seen = await self.ghost()
            return seen if seen == wanted else None

        return await self.until(look, str(wanted))

    async def lines_are(self, *wanted: str) -> None:
        async def look() -> bool:
            return await self.lines() == list(wanted)

        await self.until(look, f"the lines {wanted}")

    async def ask(self, method: str, params: Any) -> Any:
        """The server's answer to a request of Neovim's client, which first tells it of every edit."""
        answer = await self.lua(REQUEST, method, params)
        assert "problem" not in answer, answer
        return answer["result"]

    async def until(self, look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
        try:
            return await until(look, what)
        except AssertionError as never:
            state = [await self.lines(), await self.ghost(), await self.messages()]
            raise AssertionError(f"{never}\n{state}\n{self._wire.transcript()}") from None


N = TypeVar("N", bound=Neovim)


def joined(chunks: list[list[str]]) -> str:
    return "".join(text for text, *_ in chunks)


@asynccontextmanager
async def neovim(program: Path, desk: Desk, before: str = "", settings: str = "") -> AsyncIterator[Neovim]:
    """Neovim with the README's configuration, or other settings, and nothing else of a user's; `before` runs
    ahead of it."""
    async with neovim_of_kind(Neovim, program, desk, before, settings) as running:
        yield running


@asynccontextmanager
async def neovim_of_kind(
    kind: type[N], program: Path, desk: Desk, before: str, settings: str
) -> AsyncIterator[N]:
    """The same, spoken to through a class that knows what these settings draw."""
    start = (program, "--headless", "-n", "-u", init(desk, before, settings))
    async with neovim_started(kind, start, desk) as running:
        yield running


@asynccontextmanager
async def neovim_started(kind: type[N], command: Sequence[str | Path], desk: Desk) -> AsyncIterator[N]:
    socket = desk.home / f"neovim-{next(desk.numbers)}"
    process = await asyncio.create_subprocess_exec(
        *command, "--listen", socket,
        env=desk.environment, cwd=desk.project, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with connected(socket, desk, kind) as running:
            yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE_S)


@asynccontextmanager
async def neovim_on_screen(
    editors: Editors,
    desk: Desk,
    file: Path,
    height: int = 24,
    settings: str = "",
    kind: type[Neovim] = Neovim,
) -> AsyncIterator[Terminal]:
    """Neovim as its user sees it, once the server serves this file."""
    socket = desk.home / f"neovim-{next(desk.numbers)}"
    start = init(desk, COLOURS, settings)
    command: list[str | Path] = [editors.neovim, "-n", "-u", start, "--listen", socket, file]
    async with terminal(editors.tmux, desk, command, height=height) as screen:
        async with connected(socket, desk, kind) as running:
            await running.attached()
        yield screen


@asynccontextmanager
async def connected(socket: Path, desk: Desk, kind: type[N]) -> AsyncIterator[N]:
    session = await until(partial(listening, socket), "Neovim's socket")
    try:
        yield kind(session, desk.wire)
    finally:
        await session.close()


def init(desk: Desk, before: str, settings: str) -> Path:
    file = desk.home / "init.lua"
    file.write_text(QUIET + before + (settings or block("Neovim", "lua")))
    return file


async def listening(socket: Path) -> Session | None:
    try:
        return await Session.connect(socket)
    except (FileNotFoundError, ConnectionRefusedError):
        return None


def only(encoding: str) -> str:
    """Lua for a client that offers this position encoding and no other."""
    able = f"{{ general = {{ positionEncodings = {{ '{encoding}' }} }} }}"
    return f"vim.lsp.config('*', {{ capabilities = {able} }})\n"
