"""How much memory the machine could still give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
MAC_PATIENCE_S = 2.0


def available_bytes() -> int | None:
    """What is free or can be freed at once; None where the system does not say."""
    if sys.platform == "win32":
        return available_on_windows()
    if sys.platform == "darwin":
        return available_on_a_mac()
    found = [each for each in (available_in(MEMINFO), left_in_container(CGROUP)) if each is not None]
    return min(found, default=None)


def available_in(meminfo: Path) -> int | None:
    try:
        rows = meminfo.read_text(encoding="ascii").splitlines()
        return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def left_in_container(cgroup: Path) -> int | None:
    """What a container's limit leaves, counting cached files as free."""
    try:
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
        rows = (row.split() for row in (cgroup / "memory.stat").read_text(encoding="ascii").splitlines())
        cached = next((int(count) for name, count in rows if name == "inactive_file"), 0)
        return max(0, limit - used + cached)
    except (OSError, ValueError):
        return None


def available_on_a_mac() -> int | None:
    try:
        told = subprocess.run(
            ["/usr/bin/vm_stat"], capture_output=True, text=True, timeout=MAC_PATIENCE_S, check=True
        ).stdout
        page = os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    rows = (row.partition(":") for row in told.splitlines())
    pages = {name: int(count.strip(" .")) for name, _, count in rows if count.strip(" .").isdigit()}
    return page * sum(pages.get(f"Pages {name}", 0) for name in ("free", "inactive", "speculative"))


def available_on_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "free", "page", "page_free", "own", "own_free", "ext")
            ),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
