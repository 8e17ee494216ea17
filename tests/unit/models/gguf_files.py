"""GGUF files made by hand, in any way that a test needs them wrong."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from foretype.models.gguf_format import SCALARS
from foretype.models.gguf_source import Source

TINY = Path(__file__).parents[2] / "model" / "tiny-fim-python-q8_0.gguf"
TINY_HEAD_BYTES = 131_072  # where its tensors' data begins is a little before this

F32, Q8_0 = 0, 8

Written = int | float | bool | str | Sequence[str] | Sequence[int]

ORDINARY: Mapping[str, Written] = {
    "general.architecture": "qwen2",
    "general.name": "Small",
    "general.license": "apache-2.0",
    "general.file_type": 7,
    "qwen2.context_length": 4096,
    "qwen2.embedding_length": 64,
    "qwen2.block_count": 2,
    "qwen2.attention.head_count": 4,
    "qwen2.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "b"],
}
ONE_TENSOR: Mapping[str, tuple[Sequence[int], int, int]] = {"token_embd.weight": ([64, 5], Q8_0, 0)}


class Counting(BytesIO):
    """A file that knows how much of it was read."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        got = super().read(size)
        self.read_bytes += len(got)
        return got


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def value(written: Written) -> bytes:
    if isinstance(written, bool):
        return struct.pack("<I?", 7, written)
    if isinstance(written, int):
        return struct.pack("<Ii", 5, written) if written < 0 else struct.pack("<IQ", 10, written)
    if isinstance(written, float):
        return struct.pack("<If", 6, written)
    if isinstance(written, str):
        return struct.pack("<I", 8) + string(written)
    if written and isinstance(written[0], str):
        return struct.pack("<IIQ", 9, 8, len(written)) + b"".join(string(str(each)) for each in written)
    return struct.pack("<IIQ", 9, 4, len(written)) + b"".join(struct.pack("<I", int(n)) for n in written)


def gguf(
    values: Mapping[str, Written] = ORDINARY,
    tensors: Mapping[str, tuple[Sequence[int], int, int]] = ONE_TENSOR,
    data_bytes: int = 340,
    version: int = 3,
) -> bytes:
    """A whole file: `tensors` are name → (shape, type, offset)."""
    head = struct.pack("<4sIQQ", b"GGUF", version, len(tensors), len(values))
    head += b"".join(string(key) + value(written) for key, written in values.items())
    for name, (shape, kind, offset) in tensors.items():
        head += string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    return head + b"\0" * (-len(head) % 32) + b"\0" * data_bytes


def model_file(path: Path, **different: Written) -> Path:
    """An ordinary file on disk; a key's dots are written as two underscores."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf({**ORDINARY, **{k.replace("__", "."): v for k, v in different.items()}}))
    return path


def in_two_parts(whole: Path, folder: Path, name: str) -> tuple[Path, Path]:
    """A real model as llama.cpp's own gguf-split writes it: the head in the first part, tensors in both."""
    content = whole.read_bytes()
    source = Source(BytesIO(content), len(content))
    version, tensors, values = struct.unpack("<4xIQQ", source.take(24))
    for _ in range(values):
        pass_over_value(source)
    head = content[24 : source.at]
    infos = []
    for _ in range(tensors):
        title = source.string(64, "name")
        shape = [source.number("Q") for _ in range(source.number("I"))]
        infos.append((title, shape, source.number("I"), source.number("Q")))
    data = content[-(-source.at // 32) * 32 :]
    ends = [*(offset for *_, offset in infos[1:]), len(data)]
    pieces = [(*info[:3], data[info[3] : end]) for info, end in zip(infos, ends, strict=True)]
    half = tensors // 2
    paths = []
    for part, mine in enumerate((pieces[:half], pieces[half:])):
        split = {
            "split.no": (2, "H", part),
            "split.count": (2, "H", 2),
            "split.tensors.count": (5, "i", tensors),
        }
        own = b"".join(
            string(key) + struct.pack(f"<I{letter}", kind, number)
            for key, (kind, letter, number) in split.items()
        )
        count = len(split) + (values if part == 0 else 0)
        written = (
            struct.pack("<4sIQQ", b"GGUF", version, len(mine), count) + (head if part == 0 else b"") + own
        )
        body = b""
        for title, shape, kind, piece in mine:
            written += string(title) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(body))
            body += piece + b"\0" * (-len(piece) % 32)
        path = folder / f"{name}-{part + 1:05}-of-00002.gguf"
        path.write_bytes(written + b"\0" * (-len(written) % 32) + body)
        paths.append(path)
    return paths[0], paths[1]


def pass_over_value(source: Source) -> None:
    source.string(1000, "key")
    kind = source.number("I")
    if kind == 9:
        kind, count = source.number("I"), source.number("Q")
        if kind == 8:
            source.skip_strings(count, {})
        else:
            source.skip(count * struct.calcsize(SCALARS[kind]))
    elif kind == 8:
        source.string_or_skip(0)
    else:
        source.number(SCALARS[kind])
