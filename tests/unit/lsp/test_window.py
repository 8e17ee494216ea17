"""One message per cause, and a log that never fails."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

import pytest

from foretype.lsp.rpc import Connection
from foretype.lsp.window import Window, WindowLog


class Screen:
    waiting_bytes = 0

    def __init__(self) -> None:
        self.shown: list[tuple[int, str]] = []
        self.now = 0.0
        self.connection = Connection(self, lambda params: params)

    def send(self, body: bytes) -> None:
        params: Any = json.loads(body)["params"]
        self.shown.append((params["type"], params["message"]))

    def clock(self) -> float:
        return self.now


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_a_cause_is_told_once_in_five_minutes(screen: Screen) -> None:
    window = Window(screen.connection, screen.clock)
    window.tell("offline", "no network")
    window.tell("offline", "no network")
    window.tell("token", "no token")
    screen.now = 299.9
    window.tell("offline", "still no network")
    screen.now = 300.0
    window.tell("offline", "still no network")
    assert [message for _, message in screen.shown] == [
        "Foretype: no network",
        "Foretype: no token",
        "Foretype: still no network",
    ]


async def test_the_log_goes_to_the_client_from_any_thread(screen: Screen) -> None:
    log = logging.getLogger("test.window")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    log.addHandler(handler := WindowLog(screen.connection))
    thread = threading.Thread(target=log.warning, args=("from a thread",))
    thread.start()
    await asyncio.to_thread(thread.join)
    log.error("%d bad", 1)
    log.debug("%d bad", "not a number")
    await asyncio.sleep(0)
    log.removeHandler(handler)
    assert screen.shown == [(2, "from a thread"), (1, "1 bad")]
