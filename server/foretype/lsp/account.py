"""Signing in and out: foretype.login and .logout, and foretype/setKey for editors that keep the token."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from lsprotocol import types

from foretype.config.live import LiveSettings
from foretype.errors import KeyFormatError, StorageError
from foretype.flows.account import LOGIN_PAGE, Account, State, View
from foretype.flows.token import Token
from foretype.flows.token_places import TokenPlaces
from foretype.keys.key import Key, parse_key
from foretype.lsp.client import Client
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.protocol import SET_KEY, AccountStatus, SetKeyParams
from foretype.lsp.server import Server
from foretype.lsp.status import account_status
from foretype.lsp.tasks import Tasks

HOW_TO_GO_ON = "then run `foretype login` in a terminal, and this command again"


class SignIn:
    """Renews the account as the user asks, in work that a cancelled request does not end."""

    def __init__(
        self,
        server: Server,
        client: Client,
        settings: LiveSettings,
        account: Account,
        token: Token,
        places: TokenPlaces,
        tasks: Tasks,
    ) -> None:
        self._server = server
        self._client = client
        self._settings = settings
        self._account = account
        self._token = token
        self._places = places
        self._tasks = tasks

    async def renew(self, *, afresh: bool = False) -> View:
        """Whoever asked gets the view, which says what is wrong: no message besides."""
        work = self._account.renew(self._settings.now.token, afresh=afresh, is_needed=False)
        await asyncio.shield(self._tasks.start(work))
        return await self._account.settled()

    async def use(self, key: Key | None) -> View:
        self._token.hand_over(key)
        return await self.renew()

    async def login(self) -> View:
        """Check the token anew; where it is good for nothing, lead the user to a better one."""
        view = await self.renew(afresh=True)
        if view.is_good:
            self._say(
                f"signed in to Hugging Face{name_of(view)} with the token {view.token} ({view.source})."
            )
        elif not view.link or not await self._opens(view.link):
            self._say(" ".join([view.problem, view.link]).strip())
        elif view.link == LOGIN_PAGE:
            self._say(f"make a token on the page that was opened, {HOW_TO_GO_ON}.")
        return view

    async def logout(self) -> View:
        """Forget the tokens that are ours; those of others are left where they are, and named."""
        self._token.hand_over(None)
        try:
            forgotten = await asyncio.to_thread(self._places.forget)
        except StorageError as problem:
            raise RpcError(ErrorCode.REQUEST_FAILED, str(problem)) from problem
        view = await self.renew()
        self._say(" ".join([what_was_forgotten(forgotten), *what_is_left(view)]))
        return view

    async def _opens(self, link: str) -> bool:
        if not self._client.shows_documents:
            return False
        try:
            params = types.ShowDocumentParams(uri=link, external=True)
            return (await self._server.window_show_document_async(params)).success
        except (RpcError, asyncio.TimeoutError):
            return False

    def _say(self, sentence: str) -> None:
        """An answer to what was just asked for, and so said every time."""
        params = types.ShowMessageParams(types.MessageType.Info, f"Foretype: {sentence}")
        self._server.window_show_message(params)


def name_of(view: View) -> str:
    return f" as {view.identity.user}" if view.identity else ""


def what_was_forgotten(forgotten: Sequence[str]) -> str:
    return f"the token in {' and '.join(forgotten)} is forgotten." if forgotten else "no token was kept here."


def what_is_left(view: View) -> Sequence[str]:
    """Another program's token, which is used as long as it is there."""
    if view.state is State.DISCONNECTED or not view.source:
        return ()
    return (f"There is still one in {view.source}, which is not Foretype's to remove, and which it uses.",)


def commands_of(sign_in: SignIn) -> dict[str, Command]:
    async def login(arguments: Sequence[Json]) -> Json:
        """A token is never an argument: editors write commands into their logs."""
        if arguments:
            raise RpcError(ErrorCode.INVALID_PARAMS, "foretype.login takes no argument; see foretype/setKey")
        return json_of(await sign_in.login())

    async def logout(arguments: Sequence[Json]) -> Json:
        if arguments:
            raise RpcError(ErrorCode.INVALID_PARAMS, "foretype.logout takes no argument")
        return json_of(await sign_in.logout())

    return {"foretype.login": login, "foretype.logout": logout}


def register(server: Server, sign_in: SignIn) -> None:
    @server.feature(SET_KEY)
    async def set_key(params: SetKeyParams) -> AccountStatus:
        try:
            key = None if params.key is None else parse_key(params.key)
        except KeyFormatError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"the token {problem}") from None
        return account_status(await sign_in.use(key))


def json_of(view: View) -> Json:
    return asdict(account_status(view))
