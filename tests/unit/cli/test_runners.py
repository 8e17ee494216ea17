"""What doctor says of each state in which a machine can be that is to run model files."""

from __future__ import annotations

from pathlib import Path

from foretype.cli.findings import BAD, GOOD, NOTE
from foretype.cli.runners import COMPILERS, nothing, runner, server
from foretype.engine.failures import is_installed

from contract.llama_server import program_in

INSTALL = "pip install 'foretype[local]' (compiled in about"


def path_with(folder: Path, *programs: str) -> dict[str, str]:
    folder.mkdir()
    for name in programs:
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


def test_without_a_compiler_that_comes_first(tmp_path: Path) -> None:
    found = nothing(path_with(tmp_path / "bin"))
    assert found.verdict == NOTE
    assert found.detail == "neither llama-cpp-python nor llama-server is installed, and no C++ compiler"
    assert ", then " in found.cure
    assert INSTALL in found.cure
    assert "`llama-server` on your PATH" in found.cure


def test_with_a_compiler_it_is_one_command(tmp_path: Path) -> None:
    found = nothing(path_with(tmp_path / "bin", COMPILERS[0]))
    assert f"{tmp_path / 'bin' / COMPILERS[0]} can compile the first" in found.detail
    assert found.cure.partition("pip")[0] in ("", "CMAKE_ARGS=-DLLAVA_BUILD=OFF ")


def test_a_llama_server_is_enough(tmp_path: Path) -> None:
    program = program_in(tmp_path / "bin")
    found = server(program.folder / "llama-server")
    assert found.verdict == GOOD
    assert found.detail.startswith(f"run by {program.folder / 'llama-server'}, version: ")
    assert INSTALL in found.cure


def test_one_that_does_not_start_is_trouble(tmp_path: Path) -> None:
    path_with(tmp_path / "bin", "llama-server")
    found = server(tmp_path / "bin" / "llama-server")
    assert found.verdict == BAD
    assert "cannot be started" in found.detail


def test_the_library_comes_before_a_llama_server(tmp_path: Path) -> None:
    found = runner({"PATH": str(program_in(tmp_path / "bin").folder)})
    assert found.detail.startswith("llama-cpp-python" if is_installed() else "run by")
