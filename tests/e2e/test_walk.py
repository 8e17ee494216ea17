"""One walk through the real server, from no token to a model that comes back by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contract.hugging_face import TEXT, HuggingFace, hub_row, hugging_face, router_row, whoami
from contract.upstream import Upstream, Visit, serving
from e2e.test_account import BAD, GOOD, command, hears, run, signed_in
from e2e.test_models import GROQ, OTHER, TOGETHER, all_models
from e2e.test_router import CODE, QWEN, REST, TEXTS, ask, fills, settings, told
from editor import Editor, Json

URI = "file:///a.py"
LAB = "lab:qwen2.5-coder-1.5b"
FROM_THE_LAB = "from_the_lab"


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.router_list = [router_row(QWEN, groq=GROQ, together=TOGETHER)]
        hf.hub_pages = [
            [hub_row(OTHER, "featherless-ai")],
            [hub_row("acme/secret", private=True, gated="manual")],
        ]
        hf.serve(OTHER, featherless_ai="star")
        hf.texts[TEXTS] = fills
        hf.accounts[BAD] = whoami("ada", organisations=("acme",))
        hf.knows(GOOD, "ada")
        yield hf


@pytest.fixture
async def lab() -> AsyncIterator[Upstream]:
    async with serving() as lab:

        async def answer(visit: Visit) -> None:
            await TEXT.tell(visit, FROM_THE_LAB)

        lab.always(answer)
        yield lab


class Walk:
    """One document, into which another line is typed before each request; the newest status is at hand."""

    def __init__(self, client: Editor) -> None:
        self.client = client
        self.version = 1
        self.seen = 0

    def type(self) -> str:
        self.version += 1
        text = f"# {self.version}\n{CODE}"
        self.client.change(URI, self.version, {"text": text})
        return text

    async def completes(self) -> list[str]:
        """What is written at the end of a text that nobody has seen; the statuses from here on are new."""
        self.seen = len(self.client.received)
        return await ask(self.client, by_hand=True, text=self.type())

    async def status(self, **wanted: Json) -> Json:
        """The first new status in which the completing model, who answered, or anything else is this."""

        def has(message: Json) -> bool:
            if message.get("method") != "foretype/status":
                return False
            status = {**message["params"], "completes": message["params"]["roles"]["complete"]["model"]}
            is_new = self.client.received.index(message) >= self.seen
            return is_new and all(status[name] == value for name, value in wanted.items())

        return (await self.client.until(has, f"a status with {wanted}"))["params"]


async def test_login_list_select_complete_revoke_fall_back_recover(
    tmp_path: Path, hf: HuggingFace, lab: Upstream
) -> None:
    options = settings(LAB, endpoints={"lab": {"url": lab.origin}})
    async with signed_in(tmp_path, hf, options) as client:
        walk = Walk(client)

        # Login: without a token the page that makes one is opened, and with one it is asked whose it is.
        account = await command(client, "login")
        assert (account["state"], account["token"]) == ("disconnected", "")
        assert "inference.serverless.write" in (await client.notified("window/showDocument"))["uri"]
        assert (await run(tmp_path, hf, "login", said=f"{BAD}\n"))[0] == 0
        walk.seen = len(client.received)
        account = await command(client, "login")
        assert (account["state"], account["user"], account["token"]) == ("connected", "ada", "hf_…gone")
        assert (account["organisations"], account["may_call_models"]) == (["acme"], True)
        await hears(client, walk.seen, state="connected", user="ada")
        assert [heard.headers["authorization"] for heard in hf.whoamis] == [f"Bearer {BAD}"]

        # List: the router's and the Hub's models as one, each with what is known of it.
        rows = {row["id"]: row for row in (await all_models(client))["models"]}
        assert (rows[f"hf:{QWEN}"]["input_price"], rows[f"hf:{QWEN}"]["has_tools"]) == (0.5, True)
        assert rows[f"hf:{OTHER}"]["provider"] == "featherless-ai"
        assert "Gated" in rows["hf:acme/secret"]["problem"]
        assert rows["hf:acme/secret"]["link"] == "https://huggingface.co/acme/secret"
        assert rows["builtin:workspace"]["is_here"]
        filtered = await all_models(client, filter="starcoder")
        assert [row["id"] for row in filtered["models"]] == [f"hf:{OTHER}"]

        # Select: it stands before what the settings say.
        walk.seen = len(client.received)
        chosen = await command(client, "select_model", {"role": "complete", "model": f"hf:{OTHER}"})
        assert chosen == {"model": f"hf:{OTHER}", "reason": ""}
        await walk.status(completes=f"hf:{OTHER}")

        # Complete.
        assert (await walk.completes())[0] == REST
        await walk.status(answered_by=f"hf:{OTHER}")
        assert hf.completions[0].body["model"] == "star"
        assert {heard.method for heard in lab.heard} == {"GET"}

        # Revoke: the same request is answered by the next model, and the status says so and why.
        hf.refusal = "401 Unauthorized", {"error": "Invalid username or password."}
        del hf.accounts[BAD]
        assert (await walk.completes())[0] == FROM_THE_LAB
        status = await walk.status(completes=LAB, answered_by=LAB)
        assert status["account"]["state"] == "disconnected"
        assert "did not accept the token" in status["problem"]
        assert "did not accept the token" in status["roles"]["complete"]["reason"]
        assert "inference.serverless.write" in status["account"]["link"]
        asked = len(hf.paid)
        assert (await walk.completes())[0] == FROM_THE_LAB
        assert len(hf.paid) == asked, "a token that was refused is not sent again"
        assert sum("did not accept the token" in message for message in told(client)) == 1

        # A better token: the first model answers again.
        hf.refusal = None
        assert (await run(tmp_path, hf, "login", said=f"{GOOD}\n"))[0] == 0
        walk.seen = len(client.received)
        assert (await command(client, "login"))["token"] == "hf_…good"
        status = await walk.status(completes=f"hf:{OTHER}")
        assert (status["roles"]["complete"]["reason"], status["problem"]) == ("", "")
        assert (await walk.completes())[0] == REST
        await walk.status(answered_by=f"hf:{OTHER}")

        # Fall back: the router is out of order, and after that it is not asked first any more.
        hf.refusal = "503 Service Unavailable", b"<html></html>"
        for _ in range(2):
            assert (await walk.completes())[0] == FROM_THE_LAB
        status = await walk.status(completes=LAB, answered_by=LAB)
        assert "has a problem on its side" in status["roles"]["complete"]["reason"]
        assert status["account"]["state"] == "connected"

        # Recover: by itself, by questions that cost nothing, and the status says so before anybody asks.
        asked = len(hf.paid)
        hf.refusal, walk.seen = None, len(client.received)
        status = await walk.status(completes=f"hf:{OTHER}")
        assert status["roles"]["complete"]["reason"] == ""
        assert len(hf.paid) == asked
        looks = [heard for heard in hf.router.heard if heard.path == f"/v1/models/{OTHER}"]
        assert looks
        assert all("authorization" not in heard.headers for heard in looks)
        assert (await walk.completes())[0] == REST
        await walk.status(answered_by=f"hf:{OTHER}")

        # And back to what the settings say.
        walk.seen = len(client.received)
        undone = await command(client, "select_model", {"role": "complete"})
        assert undone["model"] == LAB
        await walk.status(completes=LAB)
    assert {heard.headers.get("authorization") for heard in lab.heard} == {None}
    assert {heard.headers["authorization"] for heard in hf.paid} == {f"Bearer {BAD}", f"Bearer {GOOD}"}
