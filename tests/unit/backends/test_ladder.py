"""How a hole is asked about at a server that the user named."""

from __future__ import annotations

import pytest

from foretype.backends.dialects.table import DIALECTS
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Rung, prompt_on, rung_at, stops_on
from foretype.prompt.asked import ChatPrompt, Chunk, HolePrompt, RawPrompt
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import TokenInCode

HOLE = Hole("a = ", "\n", chunks=(Chunk("b.py", "<|im_start|>"),))


QWEN, UNKNOWN = "Qwen/Qwen2.5-Coder-7B", "somebody/some-model"


@pytest.mark.parametrize(
    ("dialect", "model", "rung"),
    [
        ("openai", QWEN, Rung.TEXT), ("openai", UNKNOWN, Rung.CHAT),
        ("tgi", QWEN, Rung.TEXT), ("tgi", UNKNOWN, Rung.CHAT),
        ("ollama", "qwen2.5-coder:7b", Rung.TEXT), ("ollama", UNKNOWN, Rung.HOLE),
        ("llamacpp", QWEN, Rung.HOLE), ("llamacpp", UNKNOWN, Rung.HOLE),
        ("mistral", QWEN, Rung.HOLE), ("mistral", "codestral-latest", Rung.HOLE),
        ("deepseek", QWEN, Rung.HOLE), ("deepseek", UNKNOWN, Rung.HOLE),
    ],
)  # fmt: skip
def test_each_server_is_asked_as_it_best_understands(dialect: str, model: str, rung: Rung) -> None:
    assert rung_at(Endpoint("lab", "http://localhost:1", dialect), model) is rung
    prompt = prompt_on(rung, model, HOLE)
    assert not isinstance(prompt, TokenInCode)
    assert DIALECTS[dialect].route_for(prompt) is not None


def test_every_dialect_is_tested() -> None:
    assert set(DIALECTS) == {"openai", "tgi", "ollama", "llamacpp", "mistral", "deepseek"}


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


@pytest.mark.parametrize("rung", [Rung.HOLE, Rung.CHAT, Rung.BEGUN_CHAT])
def test_where_a_server_lays_a_prompt_out_the_words_of_conversations_are_guarded_too(rung: Rung) -> None:
    """Also for a model of a family that does not know them: its server may be told another template."""
    assert prompt_on(rung, "bigcode/starcoder2-3b", Hole("", "[INST]")) == TokenInCode("[INST]", "suffix")


def test_only_a_conversation_needs_no_stops() -> None:
    assert stops_on(Rung.TEXT, QWEN)
    assert stops_on(Rung.HOLE, QWEN)
    assert stops_on(Rung.CHAT, QWEN) == ()
    assert stops_on(Rung.HOLE, UNKNOWN) == ()
