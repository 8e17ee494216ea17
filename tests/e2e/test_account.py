"""The account at Hugging Face through the real server: signing in and out, and what the status says."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

import editor as editors
from contract.hugging_face import HuggingFace, hugging_face, whoami
from contract.upstream import Visit
from e2e.test_router import CODE, QWEN, REST, TEXTS, ask, fills, settings, shown, told
from editor import EVERYTHING, Editor, ErrorAnswer, Json

GOOD = "hf_" + "aBcDeFgHiJ" * 3 + "good"
BAD = "hf_" + "kLmNoPqRsT" * 3 + "gone"
LISTENS: Json = {**EVERYTHING, "experimental": {"foretype": True}}
INVALID_PARAMS = -32602


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.serve(QWEN, featherless_ai="q")
        hf.texts[TEXTS] = fills
        yield hf


def variables_for(hf: HuggingFace, **more: str) -> dict[str, str]:
    return {"HF_ENDPOINT": hf.hub.origin, "FORETYPE_ROUTER_URL": hf.router.origin, **more}


@asynccontextmanager
async def signed_in(
    home: Path, hf: HuggingFace, options: Json = None, able: Json = LISTENS, **variables: str
) -> AsyncIterator[Editor]:
    """An editor that listens to the status; no token is in anything that was said, logged or kept."""
    options = settings(f"hf:{QWEN}") if options is None else options
    env = variables_for(hf, **variables)
    async with editors.editor(home, initialized=False, cwd=home, **env) as client:
        client.answers["window/showDocument"] = lambda _: {"success": True}
        client.configuration = options
        await client.initialize(initializationOptions=options, capabilities=able)
        client.open("file:///a.py", CODE)
        yield client
        assert await client.end() == 0
        has_no_token(json.dumps(client.received), client.stderr.decode(), kept_in(home))


def has_no_token(*places: str) -> None:
    for token in (GOOD, BAD):
        for spelling in (token, quote(token, safe=""), token[4:30]):
            assert all(spelling not in place for place in places)


def kept_in(home: Path) -> str:
    """Everything in Foretype's folders but the one file that holds the token."""
    files = [file for file in (home / "foretype").rglob("*") if file.is_file()]
    return "".join(
        file.read_text("utf-8", "replace") for file in files if file.parts[-2:] != ("data", "token")
    )


async def command(client: Editor, name: str, *arguments: Json) -> Json:
    return await client.request(
        "workspace/executeCommand", {"command": f"foretype.{name}", "arguments": list(arguments)}
    )


async def hears(client: Editor, after: int = 0, **wanted: Json) -> Json:
    """The first status, from that many on, whose account has these values."""

    def fits(message: Json) -> bool:
        if message.get("method") != "foretype/status":
            return False
        account = message["params"]["account"]
        is_late = client.received.index(message) >= after
        return is_late and all(account[name] == value for name, value in wanted.items())

    message = await client.until(fits, f"a status with {wanted}")
    return message["params"]


async def test_from_signing_in_to_a_revoked_token_and_a_better_one(tmp_path: Path, hf: HuggingFace) -> None:
    hf.accounts[BAD] = whoami("ada", organisations=("acme", "initech"))
    hf.knows(GOOD, "grace")
    async with signed_in(tmp_path, hf) as client:
        assert "need a token" in (await client.notified("window/showMessage"))["message"]
        first = await hears(client, state="disconnected")
        assert first["roles"]["complete"] == {
            "model": "",
            "reason": f"hf:{QWEN}: there is no token",
        }

        account = await client.request("foretype/setKey", {"key": BAD})
        assert (account["state"], account["user"], account["token"]) == ("connected", "ada", "hf_…gone")
        assert (account["organisations"], account["may_call_models"]) == (["acme", "initech"], True)
        status = await hears(client, state="connected")
        assert status["roles"]["complete"] == {"model": f"hf:{QWEN}", "reason": ""}
        await shown(client)

        hf.refusal = "401 Unauthorized", {"error": "Invalid username or password."}
        del hf.accounts[BAD]
        seen = len(client.received)
        client.change("file:///a.py", 2, {"text": f"{CODE}\n    return "})
        assert await ask(client, text=f"{CODE}\n    return ") == []
        status = await hears(client, seen, state="disconnected")
        assert "did not accept the token" in status["problem"] == status["account"]["problem"]
        assert "foretype login" in status["problem"]
        assert "inference.serverless.write" in status["account"]["link"]
        assert status["roles"]["complete"]["model"] == ""
        assert "did not accept the token" in status["roles"]["complete"]["reason"]

        hf.refusal, seen = None, len(client.received)
        account = await client.request("foretype/setKey", {"key": GOOD})
        assert (account["state"], account["user"], account["problem"]) == ("connected", "grace", "")
        await hears(client, seen, state="connected", user="grace")

        async def writes() -> bool:
            return await ask(client, text=f"{CODE}\n    return ") == [REST]

        await client.eventually(writes, "the model's text")
        status = await hears(client, seen, state="connected", user="grace")
        await client.until(
            lambda m: m.get("method") == "foretype/status" and m["params"]["answered_by"] == f"hf:{QWEN}",
            "who answered",
        )
        assert len(told(client)) == 2  # that there is no token, and that one was not accepted
    assert {heard.headers["authorization"] for heard in hf.router.heard} == {
        f"Bearer {BAD}",
        f"Bearer {GOOD}",
    }


async def test_the_status_says_that_a_model_is_being_asked(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD)
    may_answer = asyncio.Event()

    async def slow(visit: Visit) -> None:
        await may_answer.wait()
        await hf.answer_as_router(visit)

    hf.router.always(slow)

    def is_in_state(state: str, after: int = 0) -> Json:
        return lambda m: (
            m.get("method") == "foretype/status"
            and m["params"]["state"] == state
            and client.received.index(m) >= after
        )

    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        await ask(client)
        await client.until(is_in_state("thinking"), "thinking")
        seen = len(client.received)
        may_answer.set()
        await client.until(is_in_state("idle", seen), "idle")


async def test_only_a_client_that_listens_is_told(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD)
    async with signed_in(tmp_path, hf, able=EVERYTHING, HF_TOKEN=GOOD) as client:
        await shown(client)
        status = await command(client, "status")
        assert (status["account"]["state"], status["account"]["source"]) == ("connected", "HF_TOKEN")
        assert client.all("foretype/status") == []


async def test_the_status_does_not_come_more_than_a_few_times_a_second(
    tmp_path: Path, hf: HuggingFace
) -> None:
    async with signed_in(tmp_path, hf) as client:
        began = asyncio.get_running_loop().time()
        for _ in range(100):
            await command(client, "toggle")
        await client.until(lambda m: m.get("method") == "foretype/status", "a status")
        took_s = asyncio.get_running_loop().time() - began
        assert len(client.all("foretype/status")) <= 2 + took_s * 4


async def test_completions_are_switched_off_and_on(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD)
    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        await shown(client)
        assert (await command(client, "toggle"))["state"] == "off"
        assert await ask(client) == []
        assert (await command(client, "toggle"))["state"] == "idle"
        await shown(client)
        off = await command(client, "toggle", {"language": "python"})
        assert (off["state"], off["languages_off"]) == ("idle", ["markdown", "python"])
        assert await ask(client) == []
        assert (await command(client, "toggle", {"language": "python"}))["languages_off"] == ["markdown"]
        await shown(client)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("login", [BAD]),
        ("logout", [{}]),
        ("toggle", ["python"]),
        ("toggle", [{"language": 5}]),
        ("toggle", [{"language": ""}]),
    ],
)
async def test_a_wrong_argument_is_refused(
    tmp_path: Path, hf: HuggingFace, name: str, arguments: Sequence[Json]
) -> None:
    async with signed_in(tmp_path, hf) as client:
        with pytest.raises(ErrorAnswer) as refused:
            await command(client, name, *arguments)
        assert refused.value.code == INVALID_PARAMS


@pytest.mark.parametrize("key", ["", "hf_with a blank", "hf_\n", 5])
async def test_what_is_no_token_is_refused_without_being_repeated(
    tmp_path: Path, hf: HuggingFace, key: Json
) -> None:
    async with signed_in(tmp_path, hf) as client:
        with pytest.raises(ErrorAnswer) as refused:
            await client.request("foretype/setKey", {"key": key})
        assert refused.value.code == INVALID_PARAMS
        assert "blank" not in refused.value.message


async def test_a_token_that_is_taken_back_is_used_no_more(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD, "grace")
    hf.knows(BAD, "ada")
    async with signed_in(tmp_path, hf, HF_TOKEN=BAD) as client:
        assert (await client.request("foretype/setKey", {"key": GOOD}))["source"] == "editor"
        account = await client.request("foretype/setKey", {"key": None})
        assert (account["source"], account["user"]) == ("HF_TOKEN", "ada")
        await shown(client)
    assert {heard.headers["authorization"] for heard in hf.router.heard} == {f"Bearer {BAD}"}


async def test_who_it_is_is_asked_once_however_often_the_editor_starts(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.knows(GOOD)
    for _ in range(3):
        async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
            await hears(client, state="connected", user="ada")
    assert len(hf.whoamis) == 1
    assert "ada@example.com" not in kept_in(tmp_path)


async def test_a_hub_that_asks_for_fewer_questions_is_left_in_peace(tmp_path: Path, hf: HuggingFace) -> None:
    async def busy(visit: Visit) -> None:
        await visit.answer("429 Too Many Requests", b'{"error":"slow down"}', Retry_After="50")

    hf.answers_whoami = busy
    for _ in range(2):
        async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
            status = await hears(client, state="limited")
            assert "asks for fewer requests" in status["problem"]
            assert (await command(client, "login"))["state"] == "limited"
            await shown(client)
            await hears(client, state="connected")
    assert len(hf.whoamis) == 1


async def test_without_the_hub_the_model_is_asked_all_the_same(tmp_path: Path, hf: HuggingFace) -> None:
    async def hang_up(visit: Visit) -> None:
        visit.reset()

    hf.answers_whoami = hang_up
    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        await shown(client)
        await hears(client, state="connected", user="")


async def test_a_token_without_the_permission_is_told_with_the_page_that_gives_it(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.knows(GOOD, permissions=("repo.write",))
    async with signed_in(tmp_path, hf, HF_TOKEN=GOOD) as client:
        status = await hears(client, state="connected", may_call_models=False)
        assert "may not call Inference Providers" in status["problem"]
        assert "inference.serverless.write" in status["account"]["link"]
        await command(client, "login")
        (asked,) = client.all("window/showDocument")
        assert asked == {"uri": status["account"]["link"], "external": True}
        await client.until(lambda _: any("page that was opened" in said for said in told(client)))


async def test_login_leads_to_a_token_where_the_client_cannot_open_a_page(
    tmp_path: Path, hf: HuggingFace
) -> None:
    able = {**LISTENS, "window": {}}
    async with signed_in(tmp_path, hf, able=able) as client:
        account = await command(client, "login")
        assert account["state"] == "disconnected"
        assert account["link"] in told(client)[-1]
        assert client.all("window/showDocument") == []


async def run(home: Path, hf: HuggingFace, *arguments: str, said: str = "", **variables: str) -> Json:
    """A command of ours: its exit code, and what it printed, in which no token is."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", *arguments),
        cwd=home,
        env=editors.environment(home, **variables_for(hf, **variables)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(said.encode()), 60)
    has_no_token(out.decode(), err.decode(), kept_in(home))
    return process.returncode, out.decode(), err.decode()


async def test_a_terminals_login_serves_the_editor_and_its_logout_ends_it(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.knows(GOOD, "grace", organisations=("acme",))
    async with signed_in(tmp_path, hf) as client:
        await hears(client, state="disconnected")
        code, out, err = await run(tmp_path, hf, "login", said=f"{GOOD}\n")
        assert (code, err) == (0, "")
        assert "grace" in out
        key_file = tmp_path / "foretype" / "data" / "token"
        assert str(key_file) in out
        assert key_file.stat().st_mode & 0o777 == 0o600

        assert (await command(client, "login"))["source"] == "key file"
        assert "signed in to Hugging Face as grace with the token hf_…good (key file)" in told(client)[-1]
        await shown(client)

        account = await command(client, "logout")
        assert account["state"] == "disconnected"
        assert "is forgotten" in told(client)[-1]
        assert not key_file.exists()
    assert len(hf.whoamis) == 1


async def test_logout_leaves_what_is_not_ours_and_says_so(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD)
    theirs = tmp_path / "token"
    theirs.write_text(GOOD, encoding="utf-8")
    code, out, _ = await run(tmp_path, hf, "logout", HF_TOKEN_PATH=str(theirs))
    assert code == 0
    assert "hf auth logout" in out
    assert theirs.read_text(encoding="utf-8") == GOOD
    async with signed_in(tmp_path, hf, HF_TOKEN_PATH=str(theirs)) as client:
        assert (await command(client, "logout"))["state"] == "connected"
        assert "still one in token file" in told(client)[-1]


@pytest.mark.parametrize(
    ("said", "words"),
    [(f"{BAD}\n", "did not accept"), ("\n", "is empty"), ("hf_with a blank\n", "has a space")],
    ids=["bad", "empty", "blank"],
)
async def test_a_token_that_is_no_good_is_not_kept(
    tmp_path: Path, hf: HuggingFace, said: str, words: str
) -> None:
    code, out, err = await run(tmp_path, hf, "login", said=said)
    assert (code, out) == (1, "")
    assert words in err
    assert "blank" not in err
    assert not (tmp_path / "foretype" / "data" / "token").exists()


async def test_login_without_the_permission_keeps_the_token_and_says_what_it_lacks(
    tmp_path: Path, hf: HuggingFace
) -> None:
    hf.knows(GOOD, permissions=())
    code, out, _ = await run(tmp_path, hf, "login", "--json", said=GOOD, HF_TOKEN=BAD)
    found = json.loads(out)
    assert code == 1
    assert (found["account"]["may_call_models"], found["account"]["token"]) == (False, "hf_…good")
    assert "inference.serverless.write" in found["account"]["link"]
    assert found["kept_in"].endswith("token")
    assert found["hidden_by"] == "HF_TOKEN"


async def test_login_takes_no_token_as_an_argument(tmp_path: Path, hf: HuggingFace) -> None:
    code, out, err = await run(tmp_path, hf, "login", "x")
    assert (code, out) == (2, "")
    assert "usage: foretype login" in err


async def test_the_status_in_a_terminal(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD, "grace", organisations=("acme",))
    config = tmp_path / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'models.complete = ["hf:{QWEN}"]\nbill_too = "x"\n', encoding="utf-8")
    code, out, _ = await run(tmp_path, hf, "status", HF_TOKEN=GOOD)
    assert code == 1  # for the setting that does not exist
    assert "grace (acme)" in out
    assert "hf_…good from HF_TOKEN" in out
    assert f"hf:{QWEN}" in out
    assert "bill_to" in out
    code, out, _ = await run(tmp_path, hf, "status", "--json", HF_TOKEN=GOOD)
    found = json.loads(out)
    assert found["account"]["state"] == "connected"
    assert found["roles"]["complete"]["model"] == f"hf:{QWEN}"
    assert found["roles"]["embed"]["reason"] == "no model is set in `models.embed`"
    assert len(hf.whoamis) == 1


async def test_the_terminal_says_of_each_role_what_the_server_says(tmp_path: Path, hf: HuggingFace) -> None:
    """By defaults, by a choice made by hand, and by a limit that is reached."""
    hf.knows(GOOD, "grace")
    config = tmp_path / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'models.edit = ["hf:{QWEN}", "ollama:qwen3:8b"]\nbudget.roles.complete.tokens_per_day = 1\n',
        encoding="utf-8",
    )
    options = {"complete": {"debounce_ms": 0}}
    async with signed_in(tmp_path, hf, options=options, HF_TOKEN=GOOD) as client:
        assert (await ask(client, by_hand=True))[0] == REST
        await command(client, "select_model", {"role": "edit", "model": "hf:openai/gpt-oss-120b"})

        async def is_spent() -> bool:
            return bool((await command(client, "status"))["roles"]["complete"]["reason"])

        await client.eventually(is_spent, "a limit that is reached")
        server = await command(client, "status")
    _, out, _ = await run(tmp_path, hf, "status", "--json", HF_TOKEN=GOOD)
    terminal = json.loads(out)
    assert terminal["roles"] == server["roles"]
    assert terminal["roles"]["edit"]["model"] == "hf:openai/gpt-oss-120b"
    assert "tokens today for complete" in terminal["roles"]["complete"]["reason"]
    assert terminal["roles"]["complete"]["model"] == "builtin:workspace"
    limits = {limit["setting"]: limit for limit in server["limits"]}
    assert limits["roles.complete.tokens_per_day"]["state"] == "reached"
    assert [limit["setting"] for limit in terminal["limits"]] == list(limits)
    _, out, _ = await run(tmp_path, hf, "status", HF_TOKEN=GOOD)
    assert limits["roles.complete.tokens_per_day"]["text"] in out


async def test_doctor_names_the_account_and_asks_only_when_told_to(tmp_path: Path, hf: HuggingFace) -> None:
    hf.knows(GOOD, "grace")
    code, out, _ = await run(tmp_path, hf, "doctor", HF_TOKEN=GOOD)
    assert code == 0
    assert "not asked yet" in out
    assert "keyring" in out
    assert not hf.whoamis
    _, out, _ = await run(tmp_path, hf, "doctor", "--online", HF_TOKEN=GOOD)
    assert "✓ account" in out
    assert "grace" in out
    _, out, _ = await run(tmp_path, hf, "doctor", HF_TOKEN=GOOD)
    assert "grace" in out
    code, out, _ = await run(tmp_path, hf, "doctor", "--online", HF_TOKEN=BAD)
    assert code == 1
    assert "✗ account" in out
    assert len(hf.whoamis) == 2
