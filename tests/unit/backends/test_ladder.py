"""How a hole is asked about at a server that the user named."""

from __future__ import annotations

import pytest

from foretype.backends.dialects.table import DIALECTS
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Rung, prompt_on, rungs_at, stops_on
from foretype.prompt.asked import ChatPrompt, Chunk, HolePrompt, RawPrompt
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import TokenInCode

HOLE = Hole("a = ", "\n", chunks=(Chunk("b.py", "<|im_start|>"),))


@pytest.mark.parametrize(
    ("dialect", "model", "rungs"),
    [
        ("openai", "qwen2.5-coder:7b", [Rung.TEXT, Rung.CHAT]),
        ("openai", "gpt-oss-20b", [Rung.CHAT]),
        ("llamacpp", "qwen2.5-coder-1.5b-q8_0.gguf", [Rung.TEXT, Rung.HOLE, Rung.CHAT]),
        ("llamacpp", "default", [Rung.HOLE, Rung.CHAT]),
        ("ollama", "ollama:qwen2.5-coder:7b", [Rung.TEXT, Rung.HOLE, Rung.CHAT]),
        ("mistral", "codestral-latest", [Rung.HOLE, Rung.CHAT]),
        ("deepseek", "deepseek-chat", [Rung.HOLE, Rung.CHAT]),
        ("tgi", "bigcode/starcoder2-3b", [Rung.TEXT, Rung.CHAT]),
    ],
)
def test_our_own_layout_first_then_the_servers_then_a_conversation(
    dialect: str, model: str, rungs: list[Rung]
) -> None:
    endpoint = Endpoint("lab", "http://localhost:1", dialect)
    assert list(rungs_at(endpoint, model)) == rungs
    for rung in rungs:
        prompt = prompt_on(rung, model, HOLE)
        assert not isinstance(prompt, TokenInCode)
        assert DIALECTS[dialect].route_for(prompt) is not None


@pytest.mark.parametrize(
    ("rung", "kind"),
    [(Rung.TEXT, RawPrompt), (Rung.HOLE, HolePrompt), (Rung.CHAT, ChatPrompt), (Rung.BEGUN_CHAT, ChatPrompt)],
)
def test_control_tokens_are_guarded_on_every_rung(rung: Rung, kind: type) -> None:
    model = "qwen2.5-coder:7b"
    prompt = prompt_on(rung, model, HOLE)
    assert isinstance(prompt, kind)
    assert "<|im_start|>" not in repr(prompt)
    assert "< |im_start|>" in repr(prompt)
    refused = prompt_on(rung, model, Hole("", "<|fim_middle|>"))
    assert refused == TokenInCode("<|fim_middle|>", "suffix")


def test_only_raw_text_needs_stops() -> None:
    assert stops_on(Rung.TEXT, "qwen2.5-coder:7b")
    assert stops_on(Rung.CHAT, "qwen2.5-coder:7b") == ()
