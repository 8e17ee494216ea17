"""The file that users install, as `make vsix` builds it, and in it the packages that the server needs."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from vscode.install import NODE, NPM, run

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "vscode-client"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def built(folder: Path) -> Path:
    """foretype.vsix, from the sources as they are now."""
    server = folder / "server"
    run([*PIP, "wheel", "--no-deps", "--wheel-dir", server, ROOT])
    run([*PIP, "wheel", "--wheel-dir", server / "wheels", next(server.glob("foretype-*.whl"))])
    for carried_twice in (server / "wheels").glob("foretype-*.whl"):
        carried_twice.unlink()
    bring_libraries()
    run([NODE, "build.mjs"], CLIENT)
    package = folder / "foretype.vsix"
    run([NODE, "package.mjs", server, package], CLIENT)
    return package


def bring_libraries() -> None:
    """What the extension is built with and of, as the lock file says."""
    digest = hashlib.sha256((CLIENT / "package-lock.json").read_bytes()).hexdigest()
    libraries = CLIENT / "node_modules"
    stamp = libraries / ".of-lock-file"
    is_there = (libraries / "ready").exists() or (stamp.exists() and stamp.read_text() == digest)
    if not is_there:
        run([NODE, NPM, "ci", "--ignore-scripts", "--silent"], CLIENT)
        stamp.write_text(digest)
