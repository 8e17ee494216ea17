"""`foretype edit` as a shell or Helix's :pipe runs it: the code on stdout, or a reason on stderr."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from e2e.test_edit import ANSWER, CODE, EDITED, says

from contract.upstream import Upstream, serving
from editor import environment


@pytest.fixture
async def upstream(tmp_path: Path) -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        config = tmp_path / "foretype" / "config" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(
            f'[endpoints.lab]\nurl = "{upstream.origin}"\n[models]\nedit = ["lab:none", "lab:qwen"]\n'
        )
        yield upstream


async def edit(home: Path, *arguments: str, said: str = "") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "edit", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(home),
        cwd=home,
    )
    out, err = await asyncio.wait_for(process.communicate(said.encode()), 60)
    return process.returncode or 0, out.decode(), err.decode()


async def test_stdin_is_rewritten_to_stdout(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("Here:\n" + ANSWER))
    part = "def area(w, h):\n    return w * h\n"
    found = await edit(tmp_path, "add", "types", "--model", "lab:qwen", "--as", "a.py", said=part)
    assert found == (0, "def area(w: int, h: int) -> int:\n    return w * h\n", "")
    asked = upstream.heard[0].body
    assert asked["model"] == "qwen"
    assert asked["messages"][1]["content"].endswith("Request: add types")


async def test_where_it_fails_stdout_stays_empty(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("I am sorry, but I cannot do that for you."))
    code, out, err = await edit(tmp_path, "x", "--model", "lab:qwen", said="x = 1\n")
    assert (code, out) == (1, "")
    assert "in words" in err


async def test_lines_of_a_file_are_shown_as_a_diff_or_written(tmp_path: Path, upstream: Upstream) -> None:
    file = tmp_path / "a.py"
    file.write_text(CODE)
    file.chmod(0o755)
    arguments = ("--file", "a.py", "--lines", "4:5", "--model", "lab:qwen")
    upstream.will(says(ANSWER), says(ANSWER))
    code, out, _ = await edit(tmp_path, *arguments, "add types")
    assert code == 0
    assert out.startswith("--- a/a.py\n+++ b/a.py\n@@ -1,7 +1,7 @@\n")
    assert "-def area(w, h):\n+def area(w: int, h: int) -> int:\n" in out
    assert file.read_text() == CODE
    assert await edit(tmp_path, *arguments, "--write", "add types") == (0, "", "")
    assert file.read_text() == EDITED
    assert file.stat().st_mode & 0o777 == 0o755
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


@pytest.mark.parametrize("arguments", [(), ("--lines", "x", "y"), ("--lines", "0:2", "y")])
async def test_a_wrong_call_says_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = await edit(tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert "usage: foretype edit" in err
