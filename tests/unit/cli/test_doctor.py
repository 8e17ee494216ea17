"""What `foretype doctor` and `foretype setup` find out of a server that they start."""

from __future__ import annotations

import sys
from pathlib import Path

from foretype.cli.doctor import server
from foretype.cli.findings import BAD, GOOD

# Answers once everything has been said to it, unless its stdin has been closed by then.
SERVER = """\
import os, select
said = b""
while b'"exit"' not in said:
    said += os.read(0, 65536)
is_closed = select.select([0], [], [], 0.3)[0]
print('{"name": "foretype"}')
raise SystemExit(1 if is_closed else 0)
"""


def test_a_server_that_loads_slowly_is_not_taken_for_a_broken_one(tmp_path: Path) -> None:
    """A closed stdin means that the editor has gone, and the server does not finish loading then."""
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    assert server((sys.executable, str(program))).verdict == GOOD


def test_a_server_that_ends_at_once_is_named_with_its_exit_code() -> None:
    found = server((sys.executable, "-c", "raise SystemExit(3)"))
    assert (found.verdict, found.detail) == (BAD, "it ended with exit code 3")


def test_a_server_that_is_not_there_is_named() -> None:
    assert server(("/nowhere/foretype",)).verdict == BAD
