from __future__ import annotations

import json
from pathlib import Path

import pytest

from foretype import cli


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("total = price * 2\n" * 20, encoding="utf-8")
    (tmp_path / "b.js").write_text("const a = b;\n", encoding="utf-8")
    return tmp_path


def test_holes_are_measured_as_a_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["eval", str(project), "--holes", "20"]) == 0
    out = capsys.readouterr().out
    assert "builtin:workspace, file + workspace" in out
    assert "20 holes, seed 1" in out
    assert "p95" in out


def test_holes_are_measured_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(project), "--holes", "30", "--suffix", ".py", "--json", "--file-alone", "--above-only"]
    assert cli.run(["eval", *arguments]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["holes"] == 30
    assert figures["right"] > 0.5
    assert figures["workspace_characters"] == 0
    assert set(figures["precision_at"]) == {"10%", "25%", "30%", "50%", "100%"}


def test_a_file_is_typed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["eval", str(project), "--file-alone", "--typist", str(project / "a.py"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["keys_saved"] > 0.3
    assert cli.run(["eval", str(project), "--typist", str(project / "b.js")]) == 0
    assert "keys saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["missing"], 2, "is not a folder"),
        (["--suffix", ".rs"], 1, "no code"),
        (["--typist", "missing.py"], 1, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str],
    code: int,
    complaint: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    assert cli.run(["eval", *arguments]) == code
    assert complaint in capsys.readouterr().err
