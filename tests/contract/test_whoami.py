"""Whose token it is, asked of a Hub that answers well, badly, or not at all; and how seldom it is asked."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from foretype.backends import whoami as whoami_module
from foretype.backends.endpoint import Endpoint
from foretype.backends.whoami import Identity, whoami
from foretype.errors import (
    BackendError,
    BadAnswerError,
    DeadlineExceededError,
    OfflineError,
    RateLimitedError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)
from foretype.flows.whoami import WhoAmI
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_origin

from contract import hugging_face
from contract.asking import Client
from contract.test_hub import answering, hang_up
from contract.upstream import Script, Upstream, serving

SECRET = "hf_" + "aBcDeFgHiJ" * 3
KEY, OTHER = Key(SECRET), Key("hf_" + "kLmNoPqRsT" * 3)
MAY = "inference.serverless.write"


def hub_at(origin: str, key: Key = KEY) -> Endpoint:
    return Endpoint("hf", origin, "openai", key=BoundKey(key, parse_origin(origin)))


def said(**permissions: Any) -> dict[str, Any]:
    """What the Hub says of a fine-grained token."""
    content: dict[str, Any] = hugging_face.whoami("ada", ("acme", "initech"))
    content["auth"]["accessToken"]["fineGrained"] = permissions
    return content


def with_auth(auth: Any) -> dict[str, Any]:
    return {"type": "user", "name": "ada", "orgs": [], "auth": auth}


SCOPED = [{"entity": {"type": "user", "name": "ada"}, "permissions": ["repo.write", MAY]}]


@pytest.mark.parametrize(
    ("content", "may"),
    [
        (said(scoped=SCOPED), True),
        (said(**{"global": [MAY], "scoped": []}), True),
        (said(**{"global": ["post.write"], "scoped": [{"permissions": ["repo.write"]}]}), False),
        (said(), False),
        (with_auth({"type": "access_token", "accessToken": {"role": "read"}}), True),
        (with_auth({"type": "access_token", "accessToken": {"role": "admin"}}), True),
        (with_auth({"type": "access_token", "accessToken": {"role": "god"}}), None),
        (with_auth({"type": "oauth", "expiresAt": "2027-01-01T00:00:00.000Z"}), None),
        (with_auth(None), None),
        (said(**{"global": "all", "scoped": [7, {"permissions": None}]}), False),
    ],
    ids=["scoped", "global", "others", "none", "read", "admin", "odd role", "oauth", "absent", "odd"],
)
async def test_the_permission_to_call_models(
    upstream: Upstream, client: Client, content: object, may: bool | None
) -> None:
    upstream.will(answering(content))
    found = await whoami(client.connections, hub_at(upstream.origin))
    assert (found.user, found.may_call_models) == ("ada", may)
    (heard,) = upstream.heard
    assert (heard.method, heard.path) == ("GET", "/api/whoami-v2")
    assert heard.headers["authorization"] == f"Bearer {SECRET}"


async def test_the_organisations(upstream: Upstream, client: Client) -> None:
    content = said(scoped=SCOPED)
    content["orgs"] += ["initrode", {"name": None}]
    upstream.will(answering(content))
    found = await whoami(client.connections, hub_at(upstream.origin))
    assert found.organisations == ("acme", "initech")


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (answering({"error": "Invalid username or password."}, "401 Unauthorized"), UnauthorizedError),
        (answering({"error": f"slow down, {SECRET}"}, "429 Too Many"), RateLimitedError),
        (answering(b"<html>", "502 Bad Gateway"), UnavailableError),
        (answering(b"", "307 Temporary Redirect", Location="https://elsewhere.example"), BadAnswerError),
        (answering(b"<html>Sign in</html>"), BadAnswerError),
        (answering([]), BadAnswerError),
        (answering({"name": 5}), BadAnswerError),
        (answering({"user": "ada", "orgs": []}), BadAnswerError),
        (answering(b"[" * 100_000), BadAnswerError),
        (answering(b"{" + b" " * (1 << 20)), BadAnswerError),
        (hang_up, StreamInterruptedError),
    ],
    ids=["401", "429", "502", "redirect", "page", "list", "odd", "old", "deep", "long", "reset"],
)
async def test_a_hub_that_does_not_say(
    upstream: Upstream, client: Client, script: Script, kind: type[BackendError]
) -> None:
    upstream.will(script)
    with pytest.raises(kind) as failed:
        await whoami(client.connections, hub_at(upstream.origin))
    assert SECRET not in str(failed.value)


async def test_a_hub_that_is_slow_or_not_there(
    upstream: Upstream, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoami_module, "_PATIENCE_S", 0.05)
    upstream.will(lambda visit: visit.until_gone())
    with pytest.raises(DeadlineExceededError):
        await whoami(client.connections, hub_at(upstream.origin))
    with pytest.raises(OfflineError):
        await whoami(client.connections, hub_at("http://127.0.0.1:1"))


class Clock:
    """The time of day, as the test sets it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_it_is_asked_once_a_day_also_by_the_next_process(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock
) -> None:
    hub = hub_at(upstream.origin)
    upstream.will(*[answering(said(scoped=SCOPED))] * 2)
    for _ in range(3):
        found = await WhoAmI(client.connections, tmp_path, clock).ask(hub, KEY)
        assert found == Identity("ada", ("acme", "initech"), may_call_models=True)
    assert len(upstream.heard) == 1
    clock.forward(hours=25)
    await WhoAmI(client.connections, tmp_path, clock).ask(hub, KEY)
    assert len(upstream.heard) == 2
    (file,) = tmp_path.iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(part not in file.read_text(encoding="utf-8") for part in (SECRET, SECRET[4:], "ada@example"))


async def test_asked_by_hand_it_is_asked_again_but_not_at_every_stroke(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock
) -> None:
    hub, who = hub_at(upstream.origin), WhoAmI(client.connections, tmp_path, clock)
    upstream.will(*[answering(said(scoped=SCOPED))] * 2)
    await who.ask(hub, KEY)
    await who.ask(hub, KEY, afresh=True)
    clock.forward(minutes=2)
    await who.ask(hub, KEY, afresh=True)
    assert len(upstream.heard) == 2


async def test_two_questions_at_once_are_one_request(
    upstream: Upstream, client: Client, clock: Clock
) -> None:
    hub, who = hub_at(upstream.origin), WhoAmI(client.connections, None, clock)
    upstream.will(answering(said(scoped=SCOPED)))
    await asyncio.gather(who.ask(hub, KEY), who.ask(hub, KEY))


async def test_another_token_and_another_hub_are_other_questions(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock
) -> None:
    who = WhoAmI(client.connections, tmp_path, clock)
    async with serving() as mirror:
        upstream.will(*[answering(said(scoped=SCOPED))] * 2)
        mirror.will(answering(said(scoped=SCOPED)))
        await who.ask(hub_at(upstream.origin), KEY)
        await who.ask(hub_at(upstream.origin, OTHER), OTHER)
        await who.ask(hub_at(mirror.origin), KEY)
        await client.aclose()


async def test_the_pause_that_the_hub_asks_for_is_kept_also_by_the_next_process(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock
) -> None:
    hub = hub_at(upstream.origin)
    upstream.will(
        answering(said(scoped=SCOPED)),
        answering({"error": "slow"}, "429 Too Many", Retry_After="30"),
        answering(said(scoped=SCOPED)),
    )
    who = WhoAmI(client.connections, tmp_path, clock)
    await who.ask(hub, KEY)
    clock.forward(days=2)
    for asker in (who, who, WhoAmI(client.connections, tmp_path, clock)):
        with pytest.raises(RateLimitedError, match="30 s"):
            await asker.ask(hub, KEY, afresh=True)
        assert (await asker.remembered(hub, KEY)) is not None
    assert len(upstream.heard) == 2
    clock.forward(seconds=31)
    await who.ask(hub, KEY)


async def test_a_token_that_is_refused_is_forgotten(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock
) -> None:
    hub, who = hub_at(upstream.origin), WhoAmI(client.connections, tmp_path, clock)
    upstream.will(answering(said(scoped=SCOPED)), answering({"error": "no"}, "401 Unauthorized"))
    await who.ask(hub, KEY)
    clock.forward(days=2)
    with pytest.raises(UnauthorizedError):
        await who.ask(hub, KEY)
    assert await who.remembered(hub, KEY) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 9}', b'{"version": 1, "salt": "x", "tokens": {"a": {}}}']
)
async def test_a_file_that_cannot_be_read_costs_a_question(
    upstream: Upstream, client: Client, tmp_path: Path, clock: Clock, content: bytes
) -> None:
    (tmp_path / "accounts.json").write_bytes(content)
    hub = hub_at(upstream.origin)
    upstream.will(answering(said(scoped=SCOPED)))
    for _ in range(2):
        await WhoAmI(client.connections, tmp_path, clock).ask(hub, KEY)
    assert json.loads((tmp_path / "accounts.json").read_bytes())["version"] == 1
