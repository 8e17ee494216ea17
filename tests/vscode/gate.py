"""VS Code's gate before proposed API, which code-server takes out and the tests put back.

Without it an extension that VS Code would refuse passes here.
"""

from __future__ import annotations

import re
from pathlib import Path

FILES = (
    "server-main.js",
    "vs/workbench/api/node/extensionHostProcess.js",
    "vs/workbench/api/worker/extensionHostWorkerMain.js",
    "vs/code/browser/workbench/workbench.js",
)
NAME = r"[\w$]+"
# The function that says whether a proposal is enabled stands before the one that throws where it is not.
ALWAYS_OPEN = re.compile(
    rf"function (?P<gate>{NAME})\((?P<extension>{NAME}),(?P<proposal>{NAME})\)\{{return!0\}}"
    rf"(?=function {NAME}\({NAME},{NAME}\)\{{if\(!(?P=gate)\({NAME},{NAME}\)\)throw new Error\(`Extension "
    rf"'\$\{{{NAME}\.identifier\.value\}}' CANNOT use API proposal)"
)
CLOSED = (
    r"function \g<gate>(\g<extension>,\g<proposal>)"
    r"{return!!(\g<extension>.enabledApiProposals&&\g<extension>.enabledApiProposals.includes(\g<proposal>))}"
)


def restore(bundles: Path) -> None:
    """Close the gate in every bundle that has one."""
    for name in FILES:
        bundle = bundles / name
        text, count = ALWAYS_OPEN.subn(CLOSED, bundle.read_text(encoding="utf-8"))
        assert count == 1, f"{bundle} has {count} gates that are always open"
        bundle.write_text(text, encoding="utf-8")
