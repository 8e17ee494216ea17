"""The table of families: every row keeps its promises, and no model gets a row that is not its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.prompt.asked import Chunk
from foretype.prompt.families import FAMILIES, family_of
from foretype.prompt.family import MAX_STOPS_ON_THE_WIRE, Family
from foretype.prompt.hole import Hole, rendered
from foretype.prompt.special_tokens import TokenInCode, any_of, guarded

every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@every_family
def test_each_stop_occurs_in_the_template_or_ends_the_model(family: Family) -> None:
    layouts = family.template + family.repository + family.each_file
    for stop in family.stops:
        assert stop.strip() in layouts or stop in family.ends, stop


@every_family
def test_at_most_four_stops_go_over_the_wire(family: Family) -> None:
    assert 0 < len(family.stops) <= MAX_STOPS_ON_THE_WIRE
    assert len(set(family.stops)) == len(family.stops)


@every_family
def test_the_layout_names_each_side_once_and_its_words_are_control(family: Family) -> None:
    for layout in filter(None, (family.template, family.repository)):
        assert layout.count("{prefix}") == layout.count("{suffix}") == 1
        words = re.findall(r"<[^<>{}\s]+>|\[[A-Z]+\]", layout)
        assert words
        assert set(words) <= set(family.control)


@every_family
def test_a_layout_for_other_files_comes_with_one_for_each(family: Family) -> None:
    assert bool(family.repository) == bool(family.each_file)
    assert not family.repository or "{files}" in family.repository


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("hf:Qwen/Qwen2.5-Coder-32B-Instruct", "qwen2.5-coder"),
        ("Qwen/Qwen2.5-Coder-7B:featherless-ai", "qwen2.5-coder"),
        ("ollama:qwen2.5-coder:1.5b-base", "qwen2.5-coder"),
        ("local:ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/qwen2.5-coder-1.5b-q8_0.gguf", "qwen2.5-coder"),
        ("C:\\models\\Qwen2.5-Coder-3B.Q4_K_M.gguf", "qwen2.5-coder"),
        ("Qwen/Qwen3-Coder-480B-A35B-Instruct", "qwen3-coder"),
        ("Qwen/Qwen3.6-27B", "qwen3.5"),
        ("bigcode/starcoder2-15b", "starcoder2"),
        ("starcoder2-3b-Q4_K_M.gguf", "starcoder2"),
        ("bigcode/starcoderbase-1b", "starcoder"),
        ("ollama:starcoder:7b", "starcoder"),
        ("Qwen/CodeQwen1.5-7B", "codeqwen1.5"),
        ("stabilityai/stable-code-3b", "stable-code"),
        ("ibm-granite/granite-8b-code-base-4k", "granite-code"),
        ("ibm-granite/granite-3.3-8b-base", "granite-3"),
        ("ibm-granite/granite-4.0-h-small", "granite-4"),
        ("bigcode/santacoder", "santacoder"),
        ("smallcloudai/Refact-1_6B-fim", "refact"),
        ("deepseek-ai/deepseek-coder-33b-base", "deepseek-coder"),
        ("deepseek-coder-6.7b-base.Q4_K_M.gguf", "deepseek-coder"),
        ("deepseek-ai/DeepSeek-Coder-V2-Lite-Base", "deepseek-coder-v2-lite"),
        ("codellama/CodeLlama-13b-Instruct-hf", "codellama"),
        ("ollama:codellama:7b-code", "codellama"),
        ("google/codegemma-2b", "codegemma"),
        ("mistralai/Codestral-22B-v0.1", "codestral"),
        ("ByteDance-Seed/Seed-Coder-8B-Base", "seed-coder"),
        ("JetBrains/Mellum-4b-sft-python", "mellum"),
        ("aiXcoder/aixcoder-7b-base", "aixcoder"),
        ("THUDM/codegeex4-all-9b", "glm-code"),
        ("LiquidAI/LFM2-1.2B", "lfm2"),
        ("tiiuae/Falcon-H1-Tiny-Coder-90M", "falcon-h1-coder"),
    ],
)
def test_a_model_finds_its_family(model: str, family: str) -> None:
    found = family_of(model)
    assert found is not None
    assert found.name == family


@pytest.mark.parametrize(
    "model",
    [
        "codellama/CodeLlama-34b-hf", "codellama/CodeLlama-7b-Python-hf", "ollama:codellama:34b",
        "HuggingFaceTB/SmolLM2-360M-Instruct", "HuggingFaceTB/SmolLM3-3B",
        "deepseek-ai/deepseek-coder-33b-instruct", "deepseek-ai/deepseek-coder-7b-base-v1.5",
        "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct", "deepseek-ai/DeepSeek-R1",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "Qwen/QwQ-32B", "Qwen/Qwen2.5-7B-Instruct",
        "Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen2-VL-7B-Instruct", "Qwen/CodeQwen1.5-7B-Chat",
        "NousResearch/Hermes-2-Pro-Mistral-7B", "meta-llama/Llama-3.1-8B-Instruct",
        "mistralai/Mixtral-8x7B-Instruct-v0.1", "google/gemma-2-9b-it", "google/codegemma-7b-it",
        "microsoft/Phi-3.5-mini-instruct", "bigcode/starcoder2-15b-instruct-v0.1",
        "mistralai/Mamba-Codestral-7B-v0.1", "ByteDance-Seed/Seed-Coder-8B-Instruct",
        "JetBrains/Mellum2-12B-A2.5B-Instruct", "openai/gpt-oss-120b", "/home/me/starcoder2/notes.gguf",
        "zed-industries/zeta", "", "/", "nothing known",
    ],
)  # fmt: skip
def test_a_model_that_no_row_covers_has_no_family(model: str) -> None:
    assert family_of(model) is None


def test_the_documented_layouts() -> None:
    """As the models' own pages write them."""
    hole = Hole("P", "S", path="m.py", repository="r", chunks=(Chunk("a.py", "A"), Chunk("b.py", "B")))
    texts = {family.name: rendered(family, hole).text for family in FAMILIES if family.repository}
    assert texts["qwen2.5-coder"] == (
        "<|repo_name|>r\n<|file_sep|>a.py\nA\n<|file_sep|>b.py\nB\n"
        "<|file_sep|>m.py\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
    )
    assert texts["starcoder2"] == (
        "<repo_name>r<file_sep>a.py\nA<file_sep>b.py\nB<file_sep><fim_prefix>m.py\nP<fim_suffix>S<fim_middle>"
    )
    assert texts["codestral"] == "[SUFFIX]S[PREFIX]+++++ a.py\nA\n\n+++++ b.py\nB\n\n+++++ m.py\nP"
    assert texts["mellum"] == (
        "<reponame>r\n<filename>a.py\nA\n<filename>b.py\nB\n"
        "<filename>m.py\n<fim_suffix>S<fim_prefix>P<fim_middle>"
    )


def test_the_slots_of_a_layout_are_text_in_the_code() -> None:
    qwen = family_of("qwen2.5-coder")
    assert qwen is not None
    hole = Hole("{suffix}{path}", "{prefix}{{", chunks=(Chunk("{text}", "{files}"),))
    text = rendered(qwen, hole).text
    assert text.startswith("<|repo_name|>workspace\n<|file_sep|>{text}\n{files}\n")
    assert text.endswith("<|fim_prefix|>{suffix}{path}<|fim_suffix|>{prefix}{{<|fim_middle|>")


def test_a_family_without_files_gets_them_as_comments() -> None:
    codegemma = family_of("google/codegemma-2b")
    assert codegemma is not None
    hole = Hole("P", "S", comment="//", chunks=(Chunk("a.go", "func A() {\n\n}"),))
    text = rendered(codegemma, hole).text
    assert text == ("<|fim_prefix|>// Path: a.go\n// func A() {\n//\n// }\nP<|fim_suffix|>S<|fim_middle|>")


any_family = st.sampled_from(FAMILIES)
code = st.text(alphabet="ab<>|_[]\uff5c\u2581{}\n é", max_size=12)


@st.composite
def hostile_code(draw: st.DrawFn, family: Family) -> str:
    """Code with control tokens and halves of them strewn in."""
    halves = [half for token in family.control for half in (token, token[:-1], token[1:])]
    return "".join(draw(st.lists(st.one_of(code, st.sampled_from(halves)), max_size=4)))


@given(family=any_family, one=st.tuples(code, code), other=st.tuples(code, code))
def test_rendering_is_injective(family: Family, one: tuple[str, str], other: tuple[str, str]) -> None:
    texts = {rendered(family, Hole(*sides)).text for sides in (one, other)}
    assert len(texts) == len({one, other})


@given(data=st.data(), family=any_family)
def test_a_prompt_holds_the_control_tokens_we_placed_and_no_others(
    data: st.DataObject, family: Family
) -> None:
    draw = hostile_code(family)
    chunks = tuple(Chunk(data.draw(draw), data.draw(draw)) for _ in range(data.draw(st.integers(0, 2))))
    hole = Hole(data.draw(draw), data.draw(draw), data.draw(draw), data.draw(draw), chunks=chunks)
    clean = guarded(family.control, hole)
    pattern = any_of(family.control)
    if isinstance(clean, TokenInCode):
        assert clean.token in (hole.prefix if clean.place == "prefix" else hole.suffix)
        return
    placed = rendered(family, Hole("", "", chunks=tuple(Chunk("", "") for _ in chunks))).text
    assert pattern.findall(rendered(family, clean).text) == pattern.findall(placed)


@given(family=any_family, prefix=code, suffix=code)
def test_clean_code_is_left_as_it_is(family: Family, prefix: str, suffix: str) -> None:
    hole = Hole(prefix, suffix, chunks=(Chunk("a.py", prefix),))
    if not any_of(family.control).search(prefix + "\n" + suffix):
        assert guarded(family.control, hole) == hole
