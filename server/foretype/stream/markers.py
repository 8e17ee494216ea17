"""Lines that belong to a patch or to the next file: the model has left the hole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.filters import Filter, JudgedLines, Verdict
from foretype.stream.syntax import is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MARKER_STARTS = (
    "diff --git ", "--- a/", "+++ b/", "@@ -", "<<<<<<< ", "=======", ">>>>>>> ", "+++++ ",
    "# Path: ", "// Path: ", "-- Path: ", "# File: ", "// File: ", "# filepath: ", "// filepath: ",
)  # fmt: skip
MARKER = re.compile(
    r"diff --git a/|--- a/\S|\+\+\+ b/\S|@@ -\d+(?:,\d+)? \+\d|<{7} \S|={7}$|>{7} \S|\+{5} \S+$|"
    r"(?:#|//|--) (?:Path|File|filepath): \S+\.\w+$"
)


class MarkerJudge:
    """Stops before a marker; the first line goes on behind the cursor and cannot be one."""

    def __init__(self) -> None:
        self.first = True

    def part(self, line: str) -> Verdict:
        undecided = any(line.startswith(start) or start.startswith(line) for start in MARKER_STARTS)
        return Verdict.HOLD if undecided and not self.first else Verdict.GO

    def whole(self, line: str) -> Verdict:
        first, self.first = self.first, False
        return Verdict.STOP if not first and MARKER.match(line.rstrip()) else Verdict.GO


def marker_filter() -> JudgedLines:
    return JudgedLines(MarkerJudge())


def stop_at_markers(cursor: Cursor) -> Filter | None:
    return None if is_prose(cursor.language) else marker_filter()
