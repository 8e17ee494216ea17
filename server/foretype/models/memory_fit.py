"""What a model takes of this machine's memory, and what there is."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.models.gguf import Header

PROCESS_BYTES = 96 << 20  # the engine itself, and what it computes with beside the scores
SCORE_BYTES = 4
CACHE_SHARE_OF_A_TOKEN = 30e-6  # of the weights, for each token; 12 to 30 KiB a gigabyte in four bits
LARGE_VOCABULARY = 152_000
GB = 1_000_000_000


@dataclass(frozen=True)
class Memory:
    """In bytes; `free` counts what the system gives back at once when asked."""

    total: int
    free: int


def needed_bytes(header: Header, context_tokens: int, batch_tokens: int = 512) -> int:
    """Weights, the cache of a full context, and the scores of a batch; approximate, and rather too much."""
    context = min(context_tokens, header.context_tokens) if header.context_tokens else context_tokens
    scores = batch_tokens * header.vocabulary * SCORE_BYTES
    return header.weights_bytes + context * header.kv_bytes_per_token + scores + PROCESS_BYTES


def estimated_mb(size_bytes: int, context_tokens: int) -> int:
    """The same for a file of which only the size is known, in a million bytes: as for the hungriest usual
    model of that size."""
    cache = context_tokens * size_bytes * CACHE_SHARE_OF_A_TOKEN
    scores = 512 * LARGE_VOCABULARY * SCORE_BYTES
    return int(size_bytes + cache + scores + PROCESS_BYTES) // 1_000_000


def gigabytes(count: float) -> str:
    """As people and the Hub write it."""
    return f"{count / GB:.1f} GB" if count >= GB else f"{count / 1_000_000:.0f} MB"


def memory() -> Memory | None:
    """This machine's memory; None where the system does not say."""
    try:
        if sys.platform == "win32":
            return windows_memory()
        if sys.platform == "darwin":
            return mac_memory()
        return linux_memory(Path("/proc/meminfo"), Path("/sys/fs/cgroup"))
    except (OSError, ValueError, LookupError, AttributeError):
        return None


def free_bytes() -> int | None:
    """What is free or given back at once; None where the system does not say."""
    here = memory()
    return here.free if here else None


def linux_memory(meminfo: Path, cgroup: Path) -> Memory:
    """The kernel's own figures, within what a container may have; cached files count as free."""
    rows = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
    total, free = (int(rows[key].split()[0]) * 1024 for key in ("MemTotal", "MemAvailable"))
    try:
        limit = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text()) - cached_bytes(cgroup)
    except (OSError, ValueError):
        return Memory(total, free)
    return Memory(min(total, limit), max(0, min(free, limit - used)))


def cached_bytes(cgroup: Path) -> int:
    rows = (row.split() for row in (cgroup / "memory.stat").read_text().splitlines())
    return next((int(count) for name, count in rows if name == "inactive_file"), 0)


def mac_memory() -> Memory:
    """Free, inactive and purgeable pages count as free, as in Activity Monitor."""
    import subprocess

    def said(*command: str) -> str:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
        except subprocess.SubprocessError as error:
            raise OSError(str(error)) from error
        return done.stdout

    total = int(said("/usr/sbin/sysctl", "-n", "hw.memsize"))
    return Memory(total, free_pages_bytes(said("/usr/bin/vm_stat")))


def free_pages_bytes(vm_stat: str) -> int:
    first, *lines = vm_stat.splitlines()
    page_bytes = int(first.split("page size of")[1].split()[0])
    rows = dict(line.split(":", 1) for line in lines if ":" in line)
    free = ("Pages free", "Pages inactive", "Pages purgeable", "Pages speculative")
    return page_bytes * sum(int(rows.get(row, "0").strip(" .")) for row in free)


def windows_memory() -> Memory:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("GlobalMemoryStatusEx failed")
    return Memory(status.total, status.free)
