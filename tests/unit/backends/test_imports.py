"""What a server loads at its start does not load the HTTP library."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import foretype.backends
import foretype.prompt

HEAVY = ("httpcore", "httpx", "h2", "h11", "anyio", "truststore", "pydantic", "email.utils")
LAZY = ("foretype.backends.wire",)


def modules_of(package: str, path: list[str]) -> list[str]:
    return [module.name for module in pkgutil.walk_packages(path, f"{package}.")]


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    names = [
        *modules_of("foretype.backends", list(foretype.backends.__path__)),
        *modules_of("foretype.prompt", list(foretype.prompt.__path__)),
    ]
    imports = "\n".join(f"import {name}" for name in names if name not in LAZY)
    program = f"{imports}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nsys.path[:0] = {path!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
