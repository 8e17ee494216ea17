"""What a model takes of the memory, and what the systems say there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foretype.models.gguf import read_header
from foretype.models.memory_fit import (
    Memory,
    estimated_mb,
    free_bytes,
    free_pages_bytes,
    gigabytes,
    linux_memory,
    memory,
    needed_bytes,
)

from unit.models.gguf_files import TINY

MEMINFO = "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    8000 kB\n"
VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               100.
Pages active:                             900.
Pages inactive:                            50.
Pages speculative:                          5.
Pages purgeable:                            1.
"""


def test_weights_cache_and_scores_are_counted() -> None:
    header = read_header(TINY)
    small, large = needed_bytes(header, 1024), needed_bytes(header, 2048)
    assert large - small == 1024 * header.kv_bytes_per_token
    assert needed_bytes(header, 1 << 20) == large  # no model holds more than it was made for
    assert small > header.weights_bytes + 512 * 4 * 4096


# Weights in bytes, bytes of cache for a token, and words: Qwen2.5-Coder 0.5B, 1.5B, 7B and 32B in four bits.
@pytest.mark.parametrize(
    ("weights", "cache", "words"),
    [
        (398_000_000, 12_288, 151_936),
        (986_000_000, 28_672, 151_936),
        (4_680_000_000, 57_344, 152_064),
        (19_850_000_000, 262_144, 152_064),
    ],
)
def test_by_size_alone_no_less_is_told_than_by_the_head(weights: int, cache: int, words: int) -> None:
    header = replace(
        read_header(TINY),
        weights_bytes=weights,
        kv_bytes_per_token=cache,
        vocabulary=words,
        context_tokens=32_768,
    )
    exact, told = needed_bytes(header, 8192) / 1e6, estimated_mb(weights, 8192)
    assert exact * 0.99 < told < exact * 1.25


def test_linux_says_what_is_available(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(MEMINFO)
    assert linux_memory(tmp_path / "meminfo", tmp_path) == Memory(16_384_000, 8_192_000)


@pytest.mark.parametrize(
    ("limit", "used", "expected"),
    [("max", "5", (16_384_000, 8_192_000)), ("4000", "1000", (4000, 3300)), ("4000", "9000", (4000, 0))],
)
def test_a_container_has_no_more_than_it_may(
    tmp_path: Path, limit: str, used: str, expected: tuple[int, int]
) -> None:
    (tmp_path / "meminfo").write_text(MEMINFO)
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(used)
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 300\n")
    assert linux_memory(tmp_path / "meminfo", tmp_path) == Memory(*expected)


def test_a_mac_counts_what_it_would_give_back() -> None:
    assert free_pages_bytes(VM_STAT) == 156 * 16384


def test_this_machine_says_something() -> None:
    here = memory()
    assert here is not None
    assert free_bytes()
    assert 0 < here.free <= here.total


def test_sizes_are_written_as_the_hub_writes_them() -> None:
    assert [gigabytes(n) for n in (92_000_000, 1_650_000_000)] == ["92 MB", "1.6 GB"]
