"""A model that the user names on the command line is asked, whatever the settings say."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contract.upstream import Upstream, Visit, serving
from editor import environment

LINE = "total = price * quantity"
PIECE = {"choices": [{"index": 0, "text": "", "finish_reason": None}]}


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as server:
        yield server


async def knows_the_line(visit: Visit) -> None:
    """Writes what is left of the only line it knows."""
    before = visit.heard.body["prompt"].partition("<|fim_prefix|>")[2].partition("<|fim_suffix|>")[0]
    typed = before.rpartition("\n")[2]
    choice = {"index": 0, "text": LINE.removeprefix(typed), "finish_reason": "stop"}
    await visit.head(content_type="text/event-stream")
    await visit.say(f"data: {json.dumps({'choices': [choice]})}\n\ndata: [DONE]\n\n".encode())
    await visit.end()


async def foretype(home: Path, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", *arguments),
        env=environment(home),
        cwd=home,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def declare(home: Path, upstream: Upstream) -> None:
    """An endpoint, and a chain in which it does not stand."""
    config = home / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[endpoints.lab]\nurl = "{upstream.origin}/v1"\n', encoding="utf-8")


async def test_complete_asks_it(tmp_path: Path, upstream: Upstream) -> None:
    declare(tmp_path, upstream)
    upstream.always(knows_the_line)
    (tmp_path / "a.py").write_text("total = pri", encoding="utf-8")
    code, out, err = await foretype(tmp_path, "complete", "a.py:1:12", "--model", "lab:qwen2.5-coder-1.5b")
    assert (code, out, err) == (0, "ce * quantity\n", "")


async def test_eval_measures_it_and_not_the_predictor(tmp_path: Path, upstream: Upstream) -> None:
    declare(tmp_path, upstream)
    upstream.always(knows_the_line)
    (tmp_path / "code").mkdir()
    lines = [LINE, "something = entirely(different)"] * 3
    (tmp_path / "code" / "a.py").write_text("\n".join(lines), encoding="utf-8")
    asking = ("eval", "code", "--holes", "12", "--json", "--model", "lab:qwen2.5-coder-1.5b")
    code, out, err = await foretype(tmp_path, *asking)
    assert code == 0, err
    figures = json.loads(out)
    assert figures["holes"] == 12
    assert 0.2 < figures["right"] < 0.8, "it knows one of the two lines"
    assert len(upstream.heard) >= 5


async def test_a_model_that_there_is_not_is_said(tmp_path: Path, upstream: Upstream) -> None:
    declare(tmp_path, upstream)
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    _, _, err = await foretype(tmp_path, "eval", ".", "--holes", "1", "--model", "lob:qwen")
    assert "did you mean lab:qwen" in err


async def test_a_role_that_there_is_not_is_a_wrong_call(tmp_path: Path) -> None:
    code, _, err = await foretype(tmp_path, "lsp", "--model", "complet=lab:x")
    assert code == 2
    assert "a role is one of complete, edit" in err
