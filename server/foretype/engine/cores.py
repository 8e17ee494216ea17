"""How many threads a model gets: the physical cores this process may use, without one for the editor."""

from __future__ import annotations

import os
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
QUOTA = Path("/sys/fs/cgroup/cpu.max")


def default_threads() -> int:
    return max(1, min(physical_cores(), allowed_by_quota()) - 1)


def physical_cores() -> int:
    """Cores, not their hyper-threads, where the system says which is which."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    try:
        cores = {core for number, core in cores_in(CPUINFO.read_text(encoding="ascii")) if number in usable}
    except (OSError, ValueError):
        cores = set()
    return len(cores) or len(usable)


def cores_in(cpuinfo: str) -> list[tuple[int, tuple[str, str]]]:
    """Each processor's number with the socket and core it is part of."""
    found = []
    for block in cpuinfo.strip().split("\n\n"):
        rows = (line.partition(":") for line in block.splitlines())
        fields = {name.strip(): value.strip() for name, _, value in rows}
        if "core id" in fields:
            found.append((int(fields["processor"]), (fields.get("physical id", ""), fields["core id"])))
    return found


def allowed_by_quota() -> int:
    """What a container's quota leaves, as whole processors; far more than there are, without one."""
    try:
        quota, period = QUOTA.read_text(encoding="ascii").split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return 1_000_000
