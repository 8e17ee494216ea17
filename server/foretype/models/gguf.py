"""What the head of a GGUF file says, read with a bound for everything that the file claims.

A file is only read, never mapped: one that is cut while it is looked at must not end the process.
"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from foretype.errors import ModelFileError
from foretype.models.gguf_format import (
    ARRAY,
    HOLE_TOKENS,
    MAGIC,
    MIDDLE,
    PREFIX,
    QUANTISATIONS,
    SCALARS,
    STRING,
    SUFFIX,
    TENSOR_TYPES,
    VERSIONS,
)
from foretype.models.gguf_source import Broken, Source

MAX_VALUES = 10_000
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 4
LONGEST_KEY = 1_000
LONGEST_TENSOR_NAME = 64  # llama.cpp's own, with the zero behind it
LONGEST_KEPT_STRING = 4_096
LONGEST_KEPT_ARRAY = 1_024
MAX_LAYERS = 10_000
MAX_ALIGNMENT = 1 << 16
MAX_CONTEXT_TOKENS = 1 << 30
TOKENS = "tokenizer.ggml.tokens"

Value = int | float | bool | str | list[int] | list[float] | None


@dataclass(frozen=True)
class Hole:
    """The ids of the tokens that mark a hole; `middle` is -1 where the format has none."""

    prefix: int
    suffix: int
    middle: int


@dataclass(frozen=True)
class Header:
    """What is known of a model from its file alone."""

    architecture: str
    name: str
    licence: str
    quantisation: str
    context_tokens: int
    vocabulary: int
    layers: int
    kv_bytes_per_token: int
    hole: Hole | None
    has_chat_template: bool
    tensors: int
    weights_bytes: int
    part: int
    parts: int


def read_header(path: Path) -> Header:
    """The head of a model file; one that llama.cpp should not see is refused in a sentence."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{path} is not a file; name a file that ends in .gguf.")
        with path.open("rb") as file:
            return parse_header(file, status.st_size, str(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        cure = "name another file, or make it readable"
        raise ModelFileError(f"{path} cannot be read: {reason}; {cure}.") from error


def parse_header(file: BinaryIO, size_bytes: int, name: str) -> Header:
    try:
        return Reading(Source(file, size_bytes)).header()
    except Broken as problem:
        raise ModelFileError(f"{name} {problem}.") from problem


class Reading:
    """One pass over the head of a file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values: dict[str, Value] = {}
        self._vocabulary = 0
        self._hole: dict[str, int] = {}

    def header(self) -> Header:
        tensors, values = self._preamble()
        for _ in range(values):
            self._read_value()
        alignment = self._number("general.alignment", 32, 1, MAX_ALIGNMENT)
        if alignment & (alignment - 1):
            self._broken("is aligned in a way that no model file is")
        weights_bytes = self._tensors(tensors, alignment)
        return self._described(tensors, weights_bytes)

    def _preamble(self) -> tuple[int, int]:
        source = self._source
        if source.size_bytes < 24:
            source.refuse("is too short to be a model", cure="download it again")
        if source.take(4) != MAGIC:
            source.refuse("is no GGUF file", cure="download a file that ends in .gguf")
        version = source.number("I")
        if version not in VERSIONS:
            if int.from_bytes(version.to_bytes(4, "little"), "big") in VERSIONS:
                source.refuse("is made for big-endian machines", cure="download the ordinary file")
            source.refuse(
                f"is GGUF version {version}, and versions 2 and 3 can be read",
                cure="download a newer conversion, or update Foretype",
            )
        tensors, values = source.number("Q"), source.number("Q")
        # The shortest entries there are: a file cannot hold more of them than it has room for.
        if values > min(MAX_VALUES, source.size_bytes // 13):
            self._broken(f"claims to hold {values} values")
        if not 0 < tensors <= min(MAX_TENSORS, source.size_bytes // 32):
            self._broken(f"claims to hold {tensors} tensors")
        return tensors, values

    def _read_value(self) -> None:
        source = self._source
        key = source.string(LONGEST_KEY, "a key")
        if key in self._values:
            self._broken(f"has '{printable(key)}' twice")
        kind = source.number("I")
        if kind == ARRAY:
            self._values[key] = self._array(key)
        elif kind == STRING:
            self._values[key] = source.string_or_skip(LONGEST_KEPT_STRING)
        elif kind in SCALARS:
            self._values[key] = source.number(SCALARS[kind])
        else:
            self._broken(f"has a value of type {kind}, which does not exist")

    def _array(self, key: str) -> Value:
        """The numbers of a short array; of a long one or of texts nothing is kept but what marks a hole."""
        source = self._source
        kind, count = source.number("I"), source.number("Q")
        if kind == STRING:
            found = source.skip_strings(count, HOLE_TOKENS if key == TOKENS else {})
            if key == TOKENS:
                self._vocabulary, self._hole = count, found
            return None
        if kind not in SCALARS:
            self._broken(f"has an array of type {kind}, which does not exist")
        one = struct.calcsize(SCALARS[kind])
        if count > LONGEST_KEPT_ARRAY:
            source.skip(count * one)
            return None
        return list(struct.unpack(f"<{count}{SCALARS[kind]}", source.take(count * one)))

    def _tensors(self, count: int, alignment: int) -> int:
        """Check that every tensor lies inside the file; their size in bytes."""
        ends, names, total = [], set[str](), 0
        for _ in range(count):
            name, offset, size_bytes = self._tensor()
            if offset % alignment or name in names:
                self._broken(f"has its tensor '{printable(name)}' in the wrong place or twice")
            names.add(name)
            ends.append(offset + size_bytes)
            total += size_bytes
        start = -(-self._source.at // alignment) * alignment
        described, there = start + max(ends), self._source.size_bytes
        if described > there:
            what = f"is cut off: {described} bytes are described, and {there} are there"
            self._source.refuse(what, cure="download it again")
        if total > there:
            self._broken("has tensors that lie over each other")
        return total

    def _tensor(self) -> tuple[str, int, int]:
        source = self._source
        name = source.string(LONGEST_TENSOR_NAME - 1, "a tensor's name")
        dimensions = source.number("I")
        if not 0 < dimensions <= MAX_DIMENSIONS:
            self._broken(f"has a tensor of {dimensions} dimensions")
        shape = [source.number("Q") for _ in range(dimensions)]
        kind, offset = source.number("I"), source.number("Q")
        if kind not in TENSOR_TYPES:
            source.refuse(
                f"has a tensor of type {kind}, which Foretype does not know",
                cure="choose another quantisation, Q4_K_M or Q8_0 say",
            )
        values, size_bytes = TENSOR_TYPES[kind]
        count = 1
        for length in shape:
            count *= length
        if count == 0 or shape[0] % values:
            self._broken(f"has the tensor '{printable(name)}' in an impossible shape")
        return name, offset, count // values * size_bytes

    def _described(self, tensors: int, weights_bytes: int) -> Header:
        architecture = self._text("general.architecture")
        part = self._number("split.no", 0, 0, (1 << 16) - 1)
        parts = self._number("split.count", 1, 0, 1 << 16) or 1
        if part >= parts:
            self._broken(f"says that it is part {part + 1} of {parts}")
        if not architecture and part == 0:  # a later part leaves to the first what they have in common
            self._broken("does not say which architecture its model has")
        prefix = f"{architecture}."
        layers = self._number(f"{prefix}block_count", 0, 0, MAX_LAYERS)
        return Header(
            architecture=architecture,
            name=self._text("general.name") or self._text("general.basename"),
            licence=self._text("general.license"),
            quantisation=QUANTISATIONS.get(
                self._number("general.file_type", -1, -(1 << 31), 1 << 32) & 0x3FF, "?"
            ),
            context_tokens=self._number(f"{prefix}context_length", 0, 0, MAX_CONTEXT_TOKENS),
            vocabulary=self._vocabulary,
            layers=layers,
            kv_bytes_per_token=self._kv_bytes(prefix, layers),
            hole=self._hole_tokens(),
            has_chat_template="tokenizer.chat_template" in self._values,
            tensors=tensors,
            weights_bytes=weights_bytes,
            part=part,
            parts=parts,
        )

    def _kv_bytes(self, prefix: str, layers: int) -> int:
        """What one token takes in the cache, in 16-bit numbers; the heads may differ from layer to layer."""
        width = self._number(f"{prefix}embedding_length", 0, 0, 1 << 24)
        heads = self._heads(f"{prefix}attention.head_count", layers, 0)
        kv_heads = self._heads(f"{prefix}attention.head_count_kv", layers, heads)
        head_width = width * layers // heads if heads else 0
        keys = self._number(f"{prefix}attention.key_length", head_width, 0, 1 << 20)
        values = self._number(f"{prefix}attention.value_length", head_width, 0, 1 << 20)
        return kv_heads * (keys + values) * 2

    def _heads(self, key: str, layers: int, otherwise: int) -> int:
        """How many heads all layers have together."""
        value = self._values.get(key)
        if isinstance(value, list):
            total = sum(int(each) for each in value if 0 <= each < 1 << 20)
            return min(total, MAX_LAYERS << 20)
        return self._number(key, 0, 0, 1 << 20) * layers or otherwise

    def _hole_tokens(self) -> Hole | None:
        """By the file's own keys, else by the texts of its tokens."""
        ids = {}
        for part, old in ((PREFIX, "prefix"), (SUFFIX, "suffix"), (MIDDLE, "middle")):
            written = self._number(f"tokenizer.ggml.{old}_token_id", -1, -1, 1 << 32)
            written = self._number(f"tokenizer.ggml.{part}_token_id", written, -1, 1 << 32)
            ids[part] = written if written >= 0 else self._hole.get(part, -1)
            if ids[part] >= max(self._vocabulary, 1):
                self._broken(f"marks a hole with token {ids[part]} of {self._vocabulary}")
        if ids[PREFIX] < 0 or ids[SUFFIX] < 0:
            return None
        return Hole(ids[PREFIX], ids[SUFFIX], ids[MIDDLE])

    def _text(self, key: str) -> str:
        value = self._values.get(key)
        return printable(value) if isinstance(value, str) else ""

    def _number(self, key: str, otherwise: int, least: int, most: int) -> int:
        value = self._values.get(key)
        if value is None:
            return otherwise
        if not isinstance(value, int) or not least <= value <= most:
            self._broken(f"says nothing possible under '{printable(key)}'")
        return value

    def _broken(self, what: str) -> NoReturn:
        self._source.refuse(what, cure="it is broken: download it again")


def printable(text: str) -> str:
    """A text of a file, fit for a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text[:200])
