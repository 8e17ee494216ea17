"""Small GGUF files that llama.cpp loads: a vocabulary of letters, and a recurrent model of chance."""

from __future__ import annotations

import math
import random
import struct
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

U32, F32, BOOL, STRING, ARRAY = 4, 6, 7, 8, 9
I32 = 5
ALIGNMENT = 32
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6

Value = bool | int | float | str | Sequence[str] | Sequence[int] | Sequence[float]


@dataclass(frozen=True)
class Tensor:
    """Numbers of 32 bits; the last side of the shape runs fastest."""

    shape: tuple[int, ...]
    content: bytes


def letters(fill_words: Sequence[str]) -> dict[str, Value]:
    """A SentencePiece vocabulary of bytes and letters, with these words for filling holes."""
    control = ["<s>", "</s>", *fill_words]
    in_bytes = [f"<0x{number:02X}>" for number in range(256)]
    plain = ["\u2581", *"abcdefghijklmnopqrstuvwxyz()<>:#_PREMIDSUF"]
    tokens = list(dict.fromkeys(["<unk>", *control, *in_bytes, *plain]))
    kinds = {"<unk>": UNKNOWN, **dict.fromkeys(control, CONTROL), **dict.fromkeys(in_bytes, BYTE)}
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": [kinds.get(token, NORMAL) for token in tokens],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    }


def code_llama_vocabulary(path: Path) -> Path:
    """Words with a blank before them, as Code Llama's file has them, and no weights."""
    words = [f"\u2581<{word}>" for word in ("PRE", "SUF", "MID", "EOT")]
    values = {"general.architecture": "llama", "general.name": "codellama_codellama-7b-hf", **letters(words)}
    path.write_bytes(gguf(values, {}))
    return path


def recurrent_model(path: Path) -> Path:
    """A Mamba of two layers that knows nothing, but runs."""
    wide, inner, state, rank, kernel = 32, 64, 8, 4, 4
    vocabulary = letters(["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"])
    tokens = vocabulary["tokenizer.ggml.tokens"]
    assert isinstance(tokens, list)
    chance = random.Random(1)

    def drawn(*shape: int, sign: float = 0.0) -> Tensor:
        numbers = (chance.gauss(0, 0.1) for _ in range(math.prod(shape)))
        return Tensor(shape, array("f", (sign * abs(n) if sign else n for n in numbers)).tobytes())

    tensors = {"token_embd.weight": drawn(len(tokens), wide), "output_norm.weight": drawn(wide)}
    for layer in range(2):
        tensors |= {
            f"blk.{layer}.{name}": tensor
            for name, tensor in {
                "attn_norm.weight": drawn(wide),
                "ssm_in.weight": drawn(2 * inner, wide),
                "ssm_conv1d.weight": drawn(inner, kernel),
                "ssm_conv1d.bias": drawn(inner),
                "ssm_x.weight": drawn(rank + 2 * state, inner),
                "ssm_dt.weight": drawn(inner, rank),
                "ssm_dt.bias": drawn(inner),
                "ssm_a": drawn(inner, state, sign=-1.0),
                "ssm_d": drawn(inner),
                "ssm_out.weight": drawn(wide, inner),
            }.items()
        }
    values = {
        "general.architecture": "mamba",
        "general.name": "Chance",
        "mamba.context_length": 1024,
        "mamba.embedding_length": wide,
        "mamba.feed_forward_length": 0,
        "mamba.block_count": 2,
        "mamba.attention.head_count": 0,
        "mamba.attention.layer_norm_rms_epsilon": 1e-5,
        "mamba.ssm.conv_kernel": kernel,
        "mamba.ssm.inner_size": inner,
        "mamba.ssm.state_size": state,
        "mamba.ssm.time_step_rank": rank,
        **vocabulary,
    }
    path.write_bytes(gguf(values, tensors))
    return path


def gguf(values: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> bytes:
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(values))
    head += b"".join(string(key) + typed(value) for key, value in values.items())
    data = b""
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        head += string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += padded(tensor.content)
    return padded(head) + data


def padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % ALIGNMENT)


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def typed(value: Value) -> bytes:
    if isinstance(value, Sequence) and not isinstance(value, str):
        kind, _ = one(value[0], I32)
        return struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(one(each, I32)[1] for each in value)
    kind, content = one(value, U32)
    return struct.pack("<I", kind) + content


def one(value: bool | int | float | str, kind_of_int: int) -> tuple[int, bytes]:
    if isinstance(value, str):
        return STRING, string(value)
    if isinstance(value, bool):
        return BOOL, struct.pack("<?", value)
    if isinstance(value, int):
        return kind_of_int, struct.pack("<i", value)
    return F32, struct.pack("<f", value)
