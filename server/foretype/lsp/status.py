"""What the server is doing: foretype.status for whoever asks, foretype/status for whoever listens."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from foretype.config.live import LiveSettings
from foretype.config.settings import Role, Settings
from foretype.documents.store import Documents
from foretype.flows.account import Account, State, View
from foretype.flows.completion.flow import Completion
from foretype.flows.learning import Learning
from foretype.flows.providers.budget import Limit, Spending
from foretype.flows.roles import Chosen
from foretype.flows.switch import Switch
from foretype.lsp import protocol
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.server import Server

APART_S = 0.25


@dataclass(frozen=True)
class Sources:
    """Where the status is read, each time anew."""

    settings: LiveSettings
    switch: Switch
    account: Account
    completion: Completion
    documents: Documents
    learning: Learning
    roles: Callable[[], Mapping[Role, Chosen]]
    asked_now: Callable[[], int]
    needs_account: Callable[[], bool]
    spending: Callable[[], Spending]


class StatusBoard:
    """Tells a client that listens of every change, and lets a few moments pass in between."""

    def __init__(self, server: Server, sources: Sources, *, is_listened_to: bool) -> None:
        self._server = server
        self._sources = sources
        self._is_listened_to = is_listened_to
        self._sent: protocol.Status | None = None
        self._next_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Something may be different: look soon, and send it if it is."""
        if not self._is_listened_to or self._timer is not None:
            return
        wait_s = max(0.0, self._next_s - time.monotonic())
        # In a context of its own: the request that caused it may have been cancelled by then.
        loop, context = asyncio.get_running_loop(), contextvars.Context()
        self._timer = loop.call_later(wait_s, self._send, context=context)

    def close(self) -> None:
        self._is_listened_to = False
        if self._timer is not None:
            self._timer.cancel()

    def _send(self) -> None:
        self._timer = None
        status = self.status()
        if status != self._sent:
            self._sent = status
            self._next_s = time.monotonic() + APART_S
            self._server.protocol.notify(protocol.STATUS, status)

    def status(self) -> protocol.Status:
        sources = self._sources
        settings = sources.switch.over(sources.settings.now)
        view, needs_account = sources.account.view, sources.needs_account()
        spending = sources.spending()
        reached = spending.reached() if needs_account else None
        return protocol.Status(
            state=server_state(settings, view if needs_account else None, reached, sources.asked_now()),
            account=account_status(view),
            roles={role: protocol.RoleStatus(one.model, one.reason) for role, one in sources.roles().items()},
            answered_by=sources.completion.answered_by,
            problem=problem_of(view, reached) if needs_account else "",
            languages_off=sorted(name for name, is_on in settings.complete.languages.items() if not is_on),
            limits=[limit_status(limit, spending) for limit in spending.limits()],
        )

    def report(self) -> protocol.StatusReport:
        sources, status = self._sources, self.status()
        return protocol.StatusReport(
            **{name: getattr(status, name) for name in protocol.Status.__dataclass_fields__},
            documents=len(sources.documents),
            problems=[str(problem) for problem in sources.settings.resolved.problems],
            suggestions=asdict(sources.completion.offers.tally),
            has_read_workspace=sources.learning.is_done,
        )


def problem_of(account: View, reached: Limit | None) -> str:
    return account.problem or (f"Hugging Face is not asked any more: you allow {reached}." if reached else "")


def server_state(
    settings: Settings, account: View | None, reached: Limit | None, asked_now: int
) -> protocol.ServerState:
    if asked_now:
        return "thinking"
    if not settings.complete.enabled:
        return "off"
    if reached is not None or (account is not None and account.state is State.LIMITED):
        return "limited"
    if account is not None and account.state is State.OFFLINE:
        return "offline"
    return "idle"


def account_status(view: View) -> protocol.AccountStatus:
    return protocol.AccountStatus(**view.told())


def limit_status(limit: Limit, spending: Spending) -> protocol.LimitStatus:
    state: protocol.LimitState = "near" if spending.is_near(limit) else "free"
    if limit.is_reached:
        state = "reached"
    return protocol.LimitStatus(limit.setting, limit.used, limit.most, state, str(limit))


def commands_of(
    server: Server, board: StatusBoard, switch: Switch, settings: LiveSettings, switched: Callable[[], None]
) -> dict[str, Command]:
    async def status(arguments: Sequence[Json]) -> Json:
        return server.protocol.unstructure(board.report())

    async def toggle(arguments: Sequence[Json]) -> Json:
        what = server.argument(arguments or [{}], protocol.ToggleParams, "foretype.toggle")
        if what.language == "" or len(what.language or "") > 100:
            raise RpcError(ErrorCode.INVALID_PARAMS, "`language` is a language id, such as python")
        switch.toggle(settings.now, what.language)
        switched()
        return server.protocol.unstructure(board.status())

    return {"foretype.status": status, "foretype.toggle": toggle}
