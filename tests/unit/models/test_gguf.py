"""What is read of a model's file, and what is refused."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import pytest

from foretype.errors import ModelFileError
from foretype.models import gguf_source
from foretype.models.gguf import Header, Hole, parse_header, read_header
from foretype.models.gguf_source import PIECE_BYTES

from unit.models.gguf_files import (
    ORDINARY,
    Q8_0,
    TINY,
    Counting,
    Written,
    gguf,
    model_file,
)


def parsed(content: bytes) -> Header:
    return parse_header(io.BytesIO(content), len(content), "a.gguf")


def complaint(content: bytes) -> str:
    with pytest.raises(ModelFileError) as refused:
        parsed(content)
    return str(refused.value)


def with_values(**different: Written) -> bytes:
    return gguf({**ORDINARY, **{key.replace("__", "."): value for key, value in different.items()}})


def test_a_real_model_says_what_it_is() -> None:
    header = read_header(TINY)
    assert (header.architecture, header.quantisation, header.licence) == ("qwen2", "Q8_0", "mit")
    assert (header.context_tokens, header.vocabulary, header.layers) == (2048, 4096, 5)
    assert header.kv_bytes_per_token == 5 * 2 * (32 + 32) * 2
    assert header.hole == Hole(prefix=4090, suffix=4092, middle=4091)
    assert header.tensors == 62
    assert 0.9 * TINY.stat().st_size < header.weights_bytes < TINY.stat().st_size


def test_only_the_head_is_read() -> None:
    content = Counting(TINY.read_bytes())
    parse_header(content, len(content.getbuffer()), "tiny")
    assert content.read_bytes <= PIECE_BYTES


def test_the_tokens_that_mark_a_hole_are_found_by_their_text() -> None:
    assert parsed(gguf()).hole == Hole(prefix=1, suffix=3, middle=2)
    assert parsed(with_values(tokenizer__ggml__tokens=["a", "b"])).hole is None


def test_a_hole_is_found_where_the_tokens_are_longer_than_a_piece() -> None:
    tokens = [f"{number:*>40}" for number in range(20_000)]
    assert sum(map(len, tokens)) > 2 * PIECE_BYTES
    tokens[7_000:7_000] = ["<PRE>", "<SUF>", "<MID>"]
    header = parsed(with_values(tokenizer__ggml__tokens=tokens))
    assert header.hole == Hole(prefix=7_000, suffix=7_001, middle=7_002)
    assert header.vocabulary == 20_003


def test_a_text_that_is_longer_than_a_piece_is_passed_over() -> None:
    header = parsed(with_values(tokenizer__chat_template="x" * 3 * PIECE_BYTES))
    assert header.has_chat_template


def test_heads_may_differ_from_layer_to_layer() -> None:
    header = parsed(with_values(qwen2__attention__head_count_kv=[1, 3]))
    assert header.kv_bytes_per_token == (1 + 3) * (16 + 16) * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "too short to be a model; download it again"),
        (b"<html>Please log in to this network</html>", "no GGUF file"),
        (b"GGML" + gguf()[4:], "no GGUF file"),
        (gguf(version=1), "GGUF version 1"),
        (gguf(version=99), "GGUF version 99"),
        (gguf()[:4] + b"\0\0\0\3" + gguf()[8:], "big-endian"),
        (gguf()[:200], "ends in the middle of its own description; download it again"),
        (gguf()[:-1], "is cut off"),
        (gguf(data_bytes=0), "is cut off"),
        (gguf()[:8] + struct.pack("<Q", 1 << 63) + gguf()[16:], "claims to hold 9223372036854775808 tensors"),
        (gguf()[:16] + struct.pack("<Q", 1 << 63) + gguf()[24:], "claims to hold 9223372036854775808 values"),
        (
            with_values(x__y=[1] * 50).replace(struct.pack("<IQ", 4, 50), struct.pack("<IQ", 4, 1 << 40)),
            "ends in",
        ),
        (gguf(tensors={}), "claims to hold 0 tensors"),
        (with_values(split__no=2, split__count=2), "says that it is part 3 of 2"),
        (gguf(tensors={"x": ([64, 5], 77, 0)}), "type 77, which Foretype does not know; choose another"),
        (gguf(tensors={"x": ([63, 5], Q8_0, 0)}), "impossible shape"),
        (gguf(tensors={"x": ([0], Q8_0, 0)}), "impossible shape"),
        (gguf(tensors={"x": ([1 << 62] * 4, Q8_0, 0)}), "is cut off"),
        (gguf(tensors={"x": ([64] * 5, Q8_0, 0)}), "5 dimensions"),
        (gguf(tensors={"x": ([64, 5], Q8_0, 7)}), "in the wrong place"),
        (gguf(tensors={"x" * 64: ([64, 5], Q8_0, 0)}), "a tensor's name of 64 bytes"),
        (gguf(tensors={f"x{n}": ([64, 5], Q8_0, 0) for n in range(50)}), "lie over each other"),
        (with_values(general__architecture=""), "which architecture"),
        (with_values(general__alignment=48), "aligned in a way"),
        (with_values(qwen2__block_count=-1), "nothing possible under 'qwen2.block_count'"),
        (with_values(qwen2__context_length="long"), "nothing possible under 'qwen2.context_length'"),
        (with_values(tokenizer__ggml__fim_pre_token_id=5), "marks a hole with token 5 of 5"),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence_with_the_cure(content: bytes, said: str) -> None:
    sentence = complaint(content)
    assert said in sentence
    assert sentence.startswith("a.gguf ")
    assert ";" in sentence


def test_a_key_that_comes_twice_is_refused() -> None:
    entry = struct.pack("<Q", 1) + b"k" + struct.pack("<IQ", 10, 1)
    head = struct.pack("<4sIQQ", b"GGUF", 3, 1, 2) + entry + entry
    assert "has 'k' twice" in complaint(head + b"\0" * 64)


def test_a_head_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = with_values(tokenizer__chat_template="x" * 3 * PIECE_BYTES)
    monkeypatch.setattr(gguf_source, "MAX_HEAD_BYTES", PIECE_BYTES)
    assert "describes itself in more than 0 MiB" in complaint(whole)
    many = with_values(tokenizer__ggml__tokens=[f"{number:*>40}" for number in range(20_000)])
    assert "describes itself in more than 0 MiB" in complaint(many)


def test_a_file_that_cannot_be_read_is_a_sentence_too(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cannot be read: No such file"):
        read_header(tmp_path / "missing.gguf")
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(ModelFileError, match="is not a file"):
        read_header(tmp_path / "pipe.gguf")


def test_what_a_file_says_of_itself_cannot_reach_the_terminal(tmp_path: Path) -> None:
    path = model_file(tmp_path / "a.gguf", general__name="\x1b]0;mine\x07")
    assert read_header(path).name == "?]0;mine?"
