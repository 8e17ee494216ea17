"""How much memory this process has in use."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def resident_bytes() -> int:
    """The resident memory of this process, or its peak, or 0, as far as the system tells."""
    with suppress(OSError, ValueError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    with suppress(ImportError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return 0
