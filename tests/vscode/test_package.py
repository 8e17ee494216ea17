"""The file that users install."""

from __future__ import annotations

from pathlib import Path

from vscode.extension import CLIENT
from vscode.install import NODE, run


def test_the_same_sources_make_the_same_package(package: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.vsix"
    run([NODE, "build.mjs"], CLIENT)
    run([NODE, "package.mjs", package.with_name("server"), again], CLIENT)
    assert again.read_bytes() == package.read_bytes()
