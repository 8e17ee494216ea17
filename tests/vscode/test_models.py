"""The picker of models in a real VS Code: what is chosen writes from then on, and after a new start too."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from editors.desk import Desk
from editors.model import knows
from editors.patience import until
from editors.wire import Said
from vscode.code import Code
from vscode.window import window

from contract.hugging_face import HuggingFace, hugging_face, router_row
from contract.upstream import Script, Upstream, Visit
from e2e.test_router import CODE, QWEN, REST, TEXTS, TOKEN, fills

CHEAP = {"context_length": 32768, "pricing": {"input": 0.5, "output": 1.5}, "first_token_latency_ms": 400}
FACTS = "$0.5 / $1.5 per million tokens · 32k context · first word after 0.4 s"


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.knows(TOKEN)
        hf.router_list = [router_row(QWEN, featherless_ai=CHEAP)]
        hf.serve(QWEN, featherless_ai="q")
        hf.texts[TEXTS] = fills
        yield hf


async def test_a_model_that_is_chosen_writes_from_then_on(
    code: Code, desk: Desk, upstream: Upstream, hf: HuggingFace
) -> None:
    code.environment |= {
        "HF_ENDPOINT": hf.hub.origin,
        "FORETYPE_ROUTER_URL": hf.router.origin,
        "HF_TOKEN": TOKEN,
    }
    upstream.always(lists_nothing_and(knows("    return from_the_lab")))
    file = desk.file("a.py", CODE.removesuffix("    return "))
    async with window(code) as vscode:
        await vscode.status_is("lab:qwen2.5-coder-1.5b")
        await vscode.open(file)
        await vscode.type("    return ")
        await vscode.ghost_is("from_the_lab")

        await vscode.run("Foretype: Choose a Model")
        await vscode.choose("Completions")
        await vscode.page.get_by_text("Model for completions").wait_for()
        await vscode.row(FACTS).wait_for()
        await vscode.choose(QWEN)
        await vscode.status_is(QWEN)
        await vscode.back_to_the_text()
        await vscode.press("Enter")
        await vscode.type("    mean")
        await desk.wire.until(is_known, "how the model is asked")
        before = len(upstream.heard)
        await vscode.type(" = ")
        await vscode.ghost_is(REST)
        assert hf.completions[-1].path == TEXTS
        assert len(upstream.heard) == before, "the model from before is asked no more"
        (kept,) = (desk.home / "foretype").rglob("choices.json")
        assert json.loads(kept.read_text(encoding="utf-8")) == {"complete": f"hf:{QWEN}"}

        await vscode.run("Foretype: Restart the Server")
        await until(partial(started_again, desk), "another server")
        await vscode.status_is(QWEN)

        await vscode.run("Foretype: Choose a Model")
        await vscode.choose("Completions")
        await vscode.row(FACTS).wait_for()
        await vscode.choose("As the settings say")
        await vscode.status_is("lab:qwen2.5-coder-1.5b")


def lists_nothing_and(writes: Script) -> Script:
    """A server that has no list of its models."""

    async def script(visit: Visit) -> None:
        if visit.heard.method == "GET":
            await visit.answer("200 OK", b'{"data": []}')
        else:
            await writes(visit)

    return script


def is_known(said: Said) -> bool:
    """Hugging Face's models are tried out once, when they are needed first."""
    return f"{QWEN} is asked by text" in str(said.message.get("params"))


async def started_again(desk: Desk) -> bool:
    return len(desk.wire.messages("editor", "initialized")) == 2
