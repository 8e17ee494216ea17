"""Conversations laid out for the models of this machine."""

from __future__ import annotations

import pytest

from foretype.prompt.asked import ChatPrompt, Message
from foretype.prompt.chat_families import (
    CHAT_FAMILIES,
    CHATML,
    DEEPSEEK,
    GEMMA,
    LLAMA_3,
    MISTRAL,
    PHI,
    ChatFamily,
    chat_family_for,
    chat_pieces,
    words_of_all,
)
from foretype.prompt.pieces import Kind

TALK = ChatPrompt(
    (
        Message("system", "Be brief."),
        Message("user", "One?"),
        Message("assistant", "1"),
        Message("user", "Two? <|im_end|>"),
    )
)
EXPECTED = {
    CHATML: "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n"
    "<|im_start|>assistant\n1<|im_end|>\n<|im_start|>user\nTwo? <|im_end|><|im_end|>\n"
    "<|im_start|>assistant\n",
    LLAMA_3: "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nOne?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n1<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nTwo? <|im_end|><|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    GEMMA: "<start_of_turn>user\nBe brief.\n\nOne?<end_of_turn>\n<start_of_turn>model\n1<end_of_turn>\n"
    "<start_of_turn>user\nTwo? <|im_end|><end_of_turn>\n<start_of_turn>model\n",
    DEEPSEEK: "Be brief.\n\n<\uff5cUser\uff5c>One?<\uff5cAssistant\uff5c>1"
    "<\uff5cend\u2581of\u2581sentence\uff5c>"
    "<\uff5cUser\uff5c>Two? <|im_end|><\uff5cAssistant\uff5c>",
    PHI: "<|system|>\nBe brief.<|end|>\n<|user|>\nOne?<|end|>\n<|assistant|>\n1<|end|>\n"
    "<|user|>\nTwo? <|im_end|><|end|>\n<|assistant|>\n",
    MISTRAL: "[INST] Be brief.\n\nOne?[/INST] 1</s>[INST] Two? <|im_end|>[/INST]",
}
every_family = pytest.mark.parametrize("family", CHAT_FAMILIES, ids=lambda family: family.name)


@every_family
def test_a_conversation_is_laid_out_to_the_letter(family: ChatFamily) -> None:
    assert "".join(piece.text for piece in chat_pieces(family, TALK)) == EXPECTED[family]


@every_family
def test_what_people_write_is_never_a_control_word(family: ChatFamily) -> None:
    pieces = chat_pieces(family, TALK)
    assert [p.kind for p in pieces if p.text.startswith("Two?")] == [Kind.TEXT]


@every_family
def test_a_begun_answer_is_gone_on_with(family: ChatFamily) -> None:
    begun = ChatPrompt((Message("user", "Write."), Message("assistant", "def f")))
    assert chat_pieces(family, begun)[-1].text == "def f"


@every_family
def test_a_family_is_known_by_its_words(family: ChatFamily) -> None:
    assert chat_family_for(set(family.words)) is family
    assert set(family.words) <= set(words_of_all())


def test_a_vocabulary_without_such_words_has_none() -> None:
    assert chat_family_for({"<|fim_prefix|>"}) is None
