"""What `foretype doctor` says of what runs model files: the library, a llama-server, or neither."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from foretype.backends.llama_server.program import folders_of, is_program, program_on_path
from foretype.cli.findings import BAD, GOOD, NOTE, Finding
from foretype.engine.failures import BUILD_TIME, INSTALL, is_installed

SUBJECT = "local models"
PATIENCE_S = 20
COMPILERS = ("cl.exe", "clang-cl.exe") if sys.platform == "win32" else ("c++", "g++", "clang++")
GET_A_COMPILER = {
    "darwin": "`xcode-select --install`",
    "win32": "install the C++ Build Tools of Visual Studio",
}
DEBIAN = "`sudo apt install g++` (Fedora: `sudo dnf install gcc-c++`)"


def runner(variables: Mapping[str, str]) -> Finding:
    """The first of what would be used, and what there would have to be."""
    if is_installed():
        return library()
    program = program_on_path(variables)
    if program is not None:
        return server(program)
    return nothing(variables)


def library() -> Finding:
    version = metadata.version("llama-cpp-python")
    report = library_report()
    if report is None:
        cure = f"{INSTALL} again, with --force-reinstall --no-cache-dir"
        return Finding(BAD, SUBJECT, f"llama-cpp-python {version} cannot be loaded", cure)
    has_gpu, threads = report["gpu"], report["threads"]
    build = "with a GPU" if has_gpu else "on the processor alone"
    return Finding(GOOD, SUBJECT, f"llama-cpp-python {version}, {build}; threads: {threads}")


def library_report() -> dict[str, int] | None:
    """What the library says of itself, in a process that it may end."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "foretype.engine.about"],
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
        )
        report: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return report


def server(program: Path) -> Finding:
    version = version_of(program)
    if version is None:
        return Finding(BAD, SUBJECT, f"{program} cannot be started", f"install llama.cpp again, or {INSTALL}")
    cure = f"{INSTALL} ({BUILD_TIME}) would share one model among your editors"
    return Finding(GOOD, SUBJECT, f"run by {program}, {version}", cure)


def version_of(program: Path) -> str | None:
    """What a llama-server says of its version; None where it cannot be started."""
    try:
        done = subprocess.run(  # noqa: S603 - on the user's PATH
            [program, "--version"], capture_output=True, timeout=PATIENCE_S, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("version:")]
    return (lines or ["of a version that it does not tell"])[0][:100]


def nothing(variables: Mapping[str, str]) -> Finding:
    """How to get the one or the other; compiling takes a compiler first."""
    install = f"{INSTALL} ({BUILD_TIME}), or put llama.cpp's `llama-server` on your PATH"
    missing = "neither llama-cpp-python nor llama-server is installed"
    compilers = (folder / name for folder in folders_of(variables) for name in COMPILERS)
    compiler = next(filter(is_program, compilers), None)
    if compiler is not None:
        return Finding(NOTE, SUBJECT, f"{missing}; {compiler} can compile the first", install)
    first = GET_A_COMPILER.get(sys.platform, DEBIAN)
    return Finding(NOTE, SUBJECT, f"{missing}, and no C++ compiler", f"{first}, then {install}")
