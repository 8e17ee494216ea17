"""How models are called, and what a wrong name is answered with."""

from __future__ import annotations

import pytest

from foretype.errors import ModelIdError
from foretype.models.ids import ModelId, Runs, parse_model_id

QWEN = "Qwen/Qwen2.5-Coder-32B-Instruct"
ENDPOINTS = ("lab", "ollama")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"hf:{QWEN}", ModelId(Runs.ROUTER, QWEN)),
        (f" HF:{QWEN} ", ModelId(Runs.ROUTER, QWEN)),
        (f"hf:{QWEN}:cheapest", ModelId(Runs.ROUTER, QWEN, choice="cheapest")),
        (f"hf:{QWEN}:featherless-ai", ModelId(Runs.ROUTER, QWEN, choice="featherless-ai")),
        (f"hf:{QWEN}:auto", ModelId(Runs.ROUTER, QWEN)),
        (f"huggingface/{QWEN}", ModelId(Runs.ROUTER, QWEN)),
        (f"huggingface/{QWEN}:auto", ModelId(Runs.ROUTER, QWEN)),
        (f"huggingface/{QWEN}:groq", ModelId(Runs.ROUTER, QWEN, choice="groq")),
        ("lab:qwen2.5-coder:1.5b", ModelId(Runs.ENDPOINT, "qwen2.5-coder:1.5b", endpoint="lab")),
        ("ollama:qwen2.5-coder:7b", ModelId(Runs.ENDPOINT, "qwen2.5-coder:7b", endpoint="ollama")),
        ("local:qwen2.5-coder-1.5b", ModelId(Runs.LOCAL, "qwen2.5-coder-1.5b")),
        ("local:/models/a.gguf", ModelId(Runs.LOCAL, "/models/a.gguf")),
        ("builtin:workspace", ModelId(Runs.BUILTIN, "workspace")),
    ],
)
def test_an_id_says_where_a_model_runs(written: str, meant: ModelId) -> None:
    assert parse_model_id(written, ENDPOINTS) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (QWEN, f"did you mean hf:{QWEN}."),
        ("hff:a/b", "did you mean hf:a/b."),
        ("lap:qwen", "did you mean lab:qwen."),
        ("bultin:workspace", "did you mean builtin:workspace."),
        ("builtin:other", "did you mean builtin:workspace."),
        ("nonsense", "an id begins with one of lab:, ollama:, hf:, local:, builtin:."),
        ("", "There is no model ''"),
        ("hf:Qwen", "look like hf:owner/name"),
        ("hf:a/b/c", "look like hf:owner/name"),
        ("hf:../b", "look like hf:owner/name"),
        ("hf:a/b?x=1", "look like hf:owner/name"),
        ("huggingface/gpt2", "look like hf:owner/name"),
        ("hf:a/b:", "fastest, cheapest, preferred, or the name of a provider"),
        ("hf:a/b:x:y", "fastest, cheapest, preferred, or the name of a provider"),
    ],
)
def test_an_id_that_says_nothing_is_answered_with_what_was_meant(written: str, said: str) -> None:
    with pytest.raises(ModelIdError) as raised:
        parse_model_id(written, ENDPOINTS)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("written", "canonical", "routed"),
    [
        (f"huggingface/{QWEN}:auto", f"hf:{QWEN}", QWEN),
        (f"hf:{QWEN}:groq", f"hf:{QWEN}:groq", f"{QWEN}:groq"),
        ("lab:m:1", "lab:m:1", "m:1"),
    ],
)
def test_every_model_has_one_spelling(written: str, canonical: str, routed: str) -> None:
    model = parse_model_id(written, ENDPOINTS)
    assert (str(model), model.routed) == (canonical, routed)
    assert parse_model_id(str(model), ENDPOINTS) == model
