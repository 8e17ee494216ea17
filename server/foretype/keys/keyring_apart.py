"""The token in the system's keyring, read by a process of its own.

The keyring's libraries are as large as the rest of the server, some ask D-Bus and wait, and none can be
unloaded: here they are gone with the answer, and one that hangs is ended.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from foretype.errors import KeyFormatError
from foretype.keys.key import Key, parse_key

PATIENCE_S = 5.0
# The child imports from where this process does, and from nowhere else: no working folder, no PYTHONPATH.
_ASK = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from foretype.keys.keyring_store import KeyringStore; key = KeyringStore().read(); "
    "sys.stdout.write(key.reveal() if key else '')"
)

logger = logging.getLogger(__name__)


def command() -> list[str]:
    return [sys.executable, "-I", "-c", _ASK, json.dumps([path for path in sys.path if path])]


@dataclass(frozen=True)
class KeyringApart:
    """Blocking, for a thread; a keyring that fails or is too slow is one without a token."""

    asking: Sequence[str] = ()
    patience_s: float = PATIENCE_S

    def read(self) -> Key | None:
        try:
            told = subprocess.run(  # noqa: S603 - ourselves, without a shell
                self.asking or command(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self.patience_s,
                check=False,
            )
            text = told.stdout.decode("utf-8", "replace") if told.returncode == 0 else ""
            return parse_key(text) if text else None
        except (OSError, subprocess.TimeoutExpired) as problem:
            logger.info("the system keyring does not answer: %s", type(problem).__name__)
        except KeyFormatError as problem:
            logger.warning("the token in the system keyring %s", problem)
        return None
