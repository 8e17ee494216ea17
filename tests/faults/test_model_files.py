"""Model files with random damage: none does more than be refused."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
from collections import Counter

from foretype.errors import ModelFileError
from foretype.models.gguf import parse_header

from unit.models.gguf_files import TINY, TINY_HEAD_BYTES, Counting

MUTANTS = 10_000


def is_read(file: io.BytesIO, size_bytes: int) -> bool:
    """Whether a head is taken for one; what is refused is refused in a sentence."""
    try:
        parse_header(file, size_bytes, "mutant")
    except ModelFileError as refused:
        sentence = str(refused)
        if not (sentence.startswith("mutant ") and "; " in sentence and sentence.endswith(".")):
            raise AssertionError(sentence) from refused
        return False
    return True


def mutant(head: bytes, dice: random.Random) -> bytes:
    """A head with one or a few things wrong; most of them in the small parts that say what is meant."""
    mutated = bytearray(head)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        at = dice.choice((dice.randrange(24), dice.randrange(1200), dice.randrange(119_000, 126_000)))
        if dice.random() < 0.1:
            at = dice.randrange(len(head))
        wrong = dice.choice(
            (
                bytes([dice.randrange(256)]),
                struct.pack("<Q", dice.choice((0, 1, 1 << 31, 1 << 63, (1 << 64) - 1))),
                struct.pack("<I", dice.choice((0, 8, 9, 13, 1 << 31, (1 << 32) - 1))),
                dice.randbytes(dice.randrange(1, 64)),
            )
        )
        if dice.random() < 0.2:
            del mutated[at : at + len(wrong)]
        else:
            mutated[at : at + (len(wrong) if dice.random() < 0.8 else 0)] = wrong
    return bytes(mutated[: dice.randrange(len(mutated))] if dice.random() < 0.05 else mutated)


def test_ten_thousand_mutated_heads_are_read_or_refused() -> None:
    """Nothing but the one exception, and never more read than the head has."""
    whole = TINY.read_bytes()
    head, size_bytes = whole[:TINY_HEAD_BYTES], len(whole)
    dice = random.Random(20261125)
    outcomes: Counter[bool] = Counter()
    for _ in range(MUTANTS):
        file = Counting(mutant(head, dice))
        outcomes[is_read(file, size_bytes)] += 1
        assert file.read_bytes <= 2 * TINY_HEAD_BYTES
    assert min(outcomes.values()) > MUTANTS // 20, outcomes


def test_no_mutant_takes_memory_by_what_it_claims() -> None:
    whole = TINY.read_bytes()
    dice = random.Random(7)
    tracemalloc.start()
    try:
        for _ in range(200):
            file = io.BytesIO(mutant(whole[:TINY_HEAD_BYTES], dice))
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            # As if the file were as large as models get, so that large claims are not refused for that.
            is_read(file, 40 << 30)
            assert tracemalloc.get_traced_memory()[1] - before < 4 << 20
    finally:
        tracemalloc.stop()
