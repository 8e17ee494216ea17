"""The catalogue says only what it can, and of every model the same things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foretype.config.settings import ROLES
from foretype.models import catalogue as module
from foretype.models.catalogue import KINDS, catalogue, catalogue_of
from foretype.models.ids import parse_model_id
from foretype.models.local_catalogue import read_catalogue

ENTRIES = catalogue().entries
NAMED = [
    "Qwen/Qwen2.5-Coder-0.5B",
    "Qwen/Qwen2.5-Coder-1.5B",
    "Qwen/Qwen2.5-Coder-3B",
    "Qwen/Qwen2.5-Coder-7B",
    "Qwen/Qwen2.5-Coder-14B",
    "Qwen/Qwen2.5-Coder-32B",
    "Qwen/Qwen2.5-Coder-32B-Instruct",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct",
    "bigcode/starcoder2-3b",
    "bigcode/starcoder2-7b",
    "bigcode/starcoder2-15b",
    "deepseek-ai/deepseek-coder-6.7b-base",
    "deepseek-ai/deepseek-coder-33b-base",
    "deepseek-ai/deepseek-coder-6.7b-instruct",
    "deepseek-ai/DeepSeek-Coder-V2-Lite-Base",
    "codellama/CodeLlama-7b-hf",
    "codellama/CodeLlama-13b-hf",
    "codellama/CodeLlama-34b-hf",
    "google/codegemma-2b",
    "mistralai/Codestral-22B-v0.1",
    "ByteDance-Seed/Seed-Coder-8B-Base",
    "JetBrains/Mellum-4b-base",
    "JetBrains/Mellum-4b-sft-python",
    "JetBrains/Mellum2-12B-A2.5B-Instruct",
    "ibm-granite/granite-8b-code-base-4k",
    "zed-industries/zeta",
    "sweepai/sweep-next-edit-0.5B",
    "sweepai/sweep-next-edit-v2-7B",
    "HuggingFaceTB/SmolLM2-135M-Instruct",
    "HuggingFaceTB/SmolLM2-360M-Instruct",
    "HuggingFaceTB/SmolLM3-3B",
    "Qwen/Qwen3-4B-Instruct-2507",
    "openai/gpt-oss-20b",
    "openai/gpt-oss-120b",
    "Qwen/QwQ-32B",
    "sentence-transformers/all-MiniLM-L6-v2",
    "nomic-ai/nomic-embed-text-v1.5",
    "google/embeddinggemma-300m",
    "Qwen/Qwen3-Embedding-0.6B",
    "Qwen/Qwen3-Embedding-8B",
    "Qwen/Qwen3-Coder-480B-A35B-Instruct",
    "deepseek-ai/DeepSeek-V4-Flash-0731",
    "meta-llama/Llama-3.1-8B-Instruct",
    "zai-org/GLM-5.2",
    "moonshotai/Kimi-K3",
    "deepseek-ai/DeepSeek-V4-Pro",
    "MiniMaxAI/MiniMax-M2.7",
    "deepseek-ai/DeepSeek-R1",
    "Qwen/Qwen3-4B-Thinking-2507",
    "google/gemma-4-31B-it",
    "Qwen/Qwen3.8-27B",
    "Qwen/Qwen3.6-27B",
    "zai-org/GLM-4.5V",
    "Qwen/Qwen2.5-VL-3B-Instruct",
    "intfloat/multilingual-e5-large-instruct",
    "microsoft/harrier-oss-v1-0.6b",
    "black-forest-labs/FLUX.1-dev",
    "black-forest-labs/FLUX.1-schnell",
    "Qwen/Qwen-Image",
    "openai/whisper-large-v3",
    "microsoft/speecht5_tts",
    "mistralai/Mixtral-8x7B-Instruct-v0.1",
    "NousResearch/Hermes-2-Pro-Mistral-7B",
    "google/gemma-2-9b-it",
    "microsoft/Phi-3.5-mini-instruct",
    "meta-llama/Llama-3.2-11B-Vision-Instruct",
    "microsoft/Phi-3-vision-128k-instruct",
    "Qwen/Qwen2-VL-7B-Instruct",
    "stabilityai/stable-diffusion-xl-base-1.0",
    "stabilityai/stable-diffusion-2-1",
]


@pytest.mark.parametrize("name", NAMED)
def test_it_has_the_models_that_people_ask_for(name: str) -> None:
    entry = catalogue().find(name)
    assert entry is not None
    assert entry.id == name


def test_every_entry_is_there_once_and_says_what_it_must() -> None:
    assert len(ENTRIES) >= 45
    assert len({entry.id for entry in ENTRIES}) == len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert str(parse_model_id(f"hf:{entry.id}")) == f"hf:{entry.id}"
        assert entry.licence, entry.id
        assert set(entry.roles) <= set(ROLES), entry.id
        assert entry.kinds, entry.id
        assert set(entry.kinds) <= set(KINDS), entry.id
        assert entry.sources, entry.id
        assert set(entry.sources) <= set(catalogue().sources), entry.id
        assert set(entry.default_for) <= set(entry.roles), entry.id
        assert all(file.gigabytes is None or file.gigabytes > 0 for file in entry.files), entry.id


def test_every_kind_is_there_and_what_cannot_fill_in_completes_nothing() -> None:
    assert {kind for entry in ENTRIES for kind in entry.kinds} == set(KINDS)
    for entry in ENTRIES:
        assert entry.fills is not False or "complete" not in entry.roles, entry.id
        if {"image", "audio"} & set(entry.kinds):
            assert entry.roles == (), entry.id
        if "embeddings" in entry.kinds:
            assert entry.roles == ("embed",), entry.id


@pytest.mark.parametrize("role", ["complete", "edit", "chat"])
def test_each_role_that_is_asked_for_has_one_default_that_was_seen_to_be_served(role: str) -> None:
    (entry,) = [entry for entry in ENTRIES if role in entry.default_for]
    assert entry.served


def test_a_model_is_found_by_any_of_its_names() -> None:
    for name in ("qwen2.5-coder-1.5b", "Qwen/Qwen2.5-Coder-1.5B", "somebody/Qwen2.5-Coder-1.5B"):
        found = catalogue().find(name)
        assert found is not None
        assert found.id == "Qwen/Qwen2.5-Coder-1.5B"
    assert catalogue().find("acme/unheard-of") is None


def test_a_model_in_another_file_is_the_same_model() -> None:
    entry = catalogue().find("qwen2.5-coder-7b:q8_0")
    assert entry == catalogue().find("qwen2.5-coder-7b") is not None
    assert entry is not None
    assert [file.quantisation for file in entry.files] == ["Q4_K_M", "Q8_0"]


def test_a_row_with_a_key_too_many_or_too_few_is_an_error() -> None:
    written = json.loads((Path(module.__file__).parent / module.FILE).read_text(encoding="utf-8"))
    row = next(row for row in written["models"] if "local" not in row)
    for wrong in ({**row, "colour": "red"}, {key: value for key, value in row.items() if key != "note"}):
        with pytest.raises(TypeError):
            catalogue_of({**written, "models": [wrong]})


def test_a_model_that_can_be_pulled_is_described_once() -> None:
    """What the local catalogue says of a model, this one takes from there, and does not say again."""
    written = json.loads((Path(module.__file__).parent / module.FILE).read_text(encoding="utf-8"))
    pulled = {model.name: model for model in read_catalogue()}
    rows = {row["local"]: row for row in written["models"] if "local" in row}
    assert len(rows) >= 16
    for name, row in rows.items():
        entry = catalogue().find(name)
        assert entry is not None
        assert entry.id == row["id"]
        assert not {"title", "licence", "context_tokens", "fills", "memory_gb_at_8k"} & set(row), name
        assert (entry.title, entry.licence, entry.context_tokens, entry.fills) == (
            pulled[name].title,
            pulled[name].licence,
            pulled[name].context_tokens,
            pulled[name].fills_holes,
        )
        assert (entry.files[0].repository, entry.files[0].gigabytes) == (
            pulled[name].repository,
            pulled[name].size_gb,
        )
        told = [(file.repository, file.quantisation) for file in entry.files]
        assert len(set(told)) == len(told), name
        with pytest.raises(TypeError, match="licence"):
            catalogue_of({**written, "models": [{**row, "licence": "another"}]})
    for entry in ENTRIES:
        assert entry.local or entry.name not in pulled, f"{entry.id} is in both and does not refer to it"
