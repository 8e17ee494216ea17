"""The command line, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foretype.cli import COMMANDS

from editor import environment, frame


def foretype(
    home: Path, *arguments: str, said: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "foretype", *arguments],
        env=environment(home, **variables),
        cwd=home,
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_help_lists_every_command(tmp_path: Path) -> None:
    found = foretype(tmp_path, "--help")
    assert found.returncode == 0
    assert "foretype COMMAND" in found.stdout
    for command in COMMANDS:
        assert f"    {command} " in found.stdout
        own = foretype(tmp_path, command, "--help")
        assert own.returncode == 0
        assert "example" in own.stdout


@pytest.mark.parametrize("arguments", [(), ("doktor",), ("lsp", "--no-such-option"), ("doctor", "extra")])
def test_a_wrong_call_says_so_and_exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    found = foretype(tmp_path, *arguments)
    assert found.returncode == 2
    assert found.stdout == ""
    assert "usage: foretype" in found.stderr


@pytest.mark.parametrize("arguments", [("doctor",), ("models", "list"), ("--help",)], ids=" ".join)
def test_who_has_seen_enough_may_leave(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """As `head` does: what is not read is not complained of."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "foretype", *arguments],
        env=environment(tmp_path),
        cwd=tmp_path,
        stdout=write_end,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_demo_completes_its_own_workspace_in_three_languages(tmp_path: Path) -> None:
    found = foretype(tmp_path, "demo")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "5 of 5 lines completed" in found.stdout
    assert "if quan⟨tity <= 0:⟩" in found.stdout
    assert all(file in found.stdout for file in ("orders.py", "cart.ts", "stock.go"))


def test_complete_prints_the_rest_of_a_line_of_a_file(tmp_path: Path) -> None:
    lines = [f"    total_{name} = compute_total({name}, rate=2)" for name in ("north", "south", "east")]
    path = tmp_path / "a.py"
    path.write_text("\n".join(["def f():", *lines, "def g():", "    total_north = comp"]), encoding="utf-8")
    found = foretype(tmp_path, "complete", f"{path}:6:23")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == "ute_total(north, rate=2)\n"
    as_json = foretype(tmp_path, "complete", "a.py:6:23", "--json")
    assert json.loads(as_json.stdout) == {"suggestions": ["ute_total(north, rate=2)"], "messages": []}


@pytest.mark.parametrize("place", ["a.py", "a.py:0:1", "a.py:1:x", "a.py:1"])
def test_complete_says_what_a_place_looks_like(tmp_path: Path, place: str) -> None:
    found = foretype(tmp_path, "complete", place)
    assert found.returncode == 2
    assert "FILE:LINE:COL" in found.stderr


def test_complete_says_that_a_file_is_missing(tmp_path: Path) -> None:
    found = foretype(tmp_path, "complete", "missing.py:1:1")
    assert found.returncode == 1
    assert "missing.py cannot be read" in found.stderr


def test_what_was_learned_can_be_forgotten(tmp_path: Path) -> None:

    foretype(tmp_path, "demo")
    kept = list((tmp_path / "foretype" / "cache" / "predictor").iterdir())
    assert kept
    assert all(file.stat().st_mode & 0o077 == 0 for file in (*kept, kept[0].parent))
    found = foretype(tmp_path, "models", "rm", "builtin:workspace")
    assert "1 workspace" in found.stdout
    assert not list((tmp_path / "foretype" / "cache" / "predictor").iterdir())


def test_doctor_says_that_all_is_well(tmp_path: Path) -> None:
    found = foretype(tmp_path, "doctor")
    assert found.returncode == 0, found.stdout
    assert "✓ server" in found.stdout
    assert "none found" in found.stdout


def test_doctor_names_each_trouble_and_its_cure(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[complete]\nenabeld = true\n", encoding="utf-8")
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    found = foretype(
        tmp_path,
        "doctor",
        "--json",
        FORETYPE_CONFIG=str(config),
        FORETYPE_HOME=str(tmp_path / "taken"),
        HF_TOKEN="not a token",
        HTTPS_PROXY="http://127.0.0.1:1",
    )
    assert found.returncode == 1
    findings = json.loads(found.stdout)
    bad = {finding["subject"]: finding for finding in findings if finding["verdict"] == "bad"}
    assert set(bad) == {"settings", "folders", "token"}
    assert "did you mean complete.enabled" in bad["settings"]["detail"]
    assert str(config) in bad["settings"]["cure"]
    assert all(finding["cure"] for finding in bad.values())
    assert "not a token" not in found.stdout + found.stderr


def test_a_log_file_is_kept_private_and_has_no_token_in_it(tmp_path: Path) -> None:
    log = tmp_path / "foretype.log"
    token = "hf_TokenTokenTokenTokenTokenToken"
    change = {"textDocument": {"uri": f"file:///{token}", "version": 1}, "contentChanges": [{"text": "x"}]}
    said = (
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "textDocument/didChange", "params": change},
    )
    spoken = b"".join(frame({"jsonrpc": "2.0", **message}) for message in said).decode()
    found = foretype(
        tmp_path, "lsp", "--log-file", str(log), "--log-level", "trace", said=spoken, HF_TOKEN=token
    )
    assert found.returncode == 1
    assert log.stat().st_mode & 0o077 == 0
    for place in (log.read_text(encoding="utf-8"), found.stderr, found.stdout):
        assert "ignored a change of file:///***" in place
        assert token not in place


def test_a_log_file_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    found = foretype(tmp_path, "lsp", "--log-file", "/dev/null/x.log")
    assert found.returncode == 1
    assert "/dev/null/x.log" in found.stderr
    assert "Traceback" not in found.stderr
