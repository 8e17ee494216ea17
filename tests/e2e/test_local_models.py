"""Local models from the command line, against a Hub on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.model_hub import FILE, REPOSITORY, SECRET, ModelHub, model_hub
from contract.upstream import Visit
from editor import environment
from unit.models.gguf_files import ORDINARY, gguf, model_file

SMOL = "bartowski/SmolLM2-135M-Instruct-GGUF"
SMOL_FILE = "SmolLM2-135M-Instruct-Q4_0.gguf"
CONTENT = gguf(data_bytes=2_000_000)


@dataclass(frozen=True)
class Said:
    code: int | None
    out: str
    err: str


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with model_hub() as running:
        yield running


async def started(home: Path, hub: ModelHub, *arguments: str, **more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "foretype",
        "models",
        *arguments,
        env=environment(home, HF_ENDPOINT=hub.site.origin, FORETYPE_ROUTER_URL="http://127.0.0.1:9", **more),
        cwd=home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def models(home: Path, hub: ModelHub, *arguments: str, **more: str) -> Said:
    process = await started(home, hub, *arguments, **more)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Said(process.returncode, out.decode(), err.decode())


async def is_at(process: asyncio.subprocess.Process, tenth: bytes) -> None:
    """Pieces come as the line gives them, so the percentage at each tenth differs."""
    assert process.stderr is not None
    while not re.match(tenth, line := await process.stderr.readline()):
        assert line


async def test_a_search_says_what_each_file_takes_of_the_memory(tmp_path: Path, hub: ModelHub) -> None:
    hub.serve(CONTENT)
    found = await models(tmp_path, hub, "search", REPOSITORY)
    assert re.search(rf"Q8_0 .*, about 0\.4 GB of memory  local:{REPOSITORY}/{FILE}", found.out), found
    (row,) = json.loads((await models(tmp_path, hub, "search", REPOSITORY, "--json")).out)["files"]
    assert row["memory_mb"] > row["size_bytes"] / 1e6


async def test_a_model_is_pulled_listed_shown_and_removed(tmp_path: Path, hub: ModelHub) -> None:
    hub.repository = SMOL
    hub.serve(CONTENT, SMOL_FILE)
    pulled = await models(tmp_path, hub, "pull", "smollm2-135m")
    path = tmp_path / "foretype" / "data" / "models" / SMOL / SMOL_FILE
    assert pulled == Said(0, f"local:smollm2-135m is ready: {path} (Foretype)\n", pulled.err)
    assert f"local:smollm2-135m: 2 MB, licence apache-2.0, from {hub.site.origin}/{SMOL}" in pulled.err
    assert "100 % of 2 MB" in pulled.err
    assert path.read_bytes() == CONTENT
    listed = await models(tmp_path, hub, "list", "--json")
    sections = {each["section"]: each["models"] for each in json.loads(listed.out)}
    assert [row["model"] for row in sections["on this machine"]] == ["local:smollm2-135m"]
    shown = await models(tmp_path, hub, "show", "local:smollm2-135m")
    assert str(path) in shown.out
    assert "are free" in shown.out
    removed = await models(tmp_path, hub, "rm", "local:smollm2-135m")
    assert (removed.code, removed.out) == (0, "local:smollm2-135m is removed; 2 MB are free again\n")
    assert list((tmp_path / "foretype" / "data" / "models").iterdir()) in ([], [path.parents[2] / ".partial"])


async def test_a_file_of_any_repository_can_be_pulled_with_the_token(tmp_path: Path, hub: ModelHub) -> None:
    hub.serve(CONTENT)
    name = f"local:{REPOSITORY}/{FILE}"
    pulled = await models(tmp_path, hub, "pull", name, "--json", HF_TOKEN=SECRET)
    assert json.loads(pulled.out)["model"] == name
    assert "licence mit" in pulled.err
    site, storage = hub.tokens
    assert set(site) == {f"Bearer {SECRET}"}
    assert not storage
    assert SECRET not in pulled.out + pulled.err
    assert (await models(tmp_path, hub, "pull", name)).code == 0
    assert len(hub.storage.heard) == 1


async def test_ctrl_c_leaves_nothing_half_written_and_the_next_pull_goes_on(
    tmp_path: Path, hub: ModelHub
) -> None:
    async def half(visit: Visit) -> None:
        head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(CONTENT)}\r\n\r\n'
        await visit.send(head.encode() + CONTENT[:1_000_000])
        await visit.until_gone()

    hub.serve(CONTENT)
    hub.storage.will(half)
    process = await started(tmp_path, hub, "pull", f"local:{REPOSITORY}/{FILE}")
    await asyncio.wait_for(is_at(process, rb"4\d % of"), 60)
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 130
    listed = await models(tmp_path, hub, "list")
    assert "begun and not finished" in listed.out
    assert "on this machine" not in listed.out
    assert (await models(tmp_path, hub, "pull", f"local:{REPOSITORY}/{FILE}")).code == 0
    first = int(hub.ranges[-1].removeprefix("bytes=").removesuffix("-"))
    assert 0 < first <= 1_000_000


FIRST, SECOND = (f"large-{part:05}-of-00002.gguf" for part in (1, 2))
FIRST_PART = gguf({**ORDINARY, "split.no": 0, "split.count": 2}, data_bytes=1_000_000)
SECOND_PART = gguf({"split.no": 1, "split.count": 2}, data_bytes=2_000_000)


async def test_a_model_in_parts_is_pulled_whole_and_goes_on_where_it_broke_off(
    tmp_path: Path, hub: ModelHub
) -> None:
    async def half(visit: Visit) -> None:
        head = f'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: {len(SECOND_PART)}\r\n\r\n'
        await visit.send(head.encode() + SECOND_PART[:1_500_000])
        await visit.until_gone()

    hub.serve(SECOND_PART, SECOND)
    hub.serve(FIRST_PART, FIRST)
    name = f"local:{REPOSITORY}/{FIRST}"
    hub.storage.will(hub.give)
    hub.storage.will(half)
    process = await started(tmp_path, hub, "pull", name)
    assert process.stderr is not None
    assert f"{name}: 3 MB in 2 parts, licence mit" in (await process.stderr.readline()).decode()
    await asyncio.wait_for(is_at(process, rb"[78]\d % of"), 60)
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 130
    listed = await models(tmp_path, hub, "list")
    assert f"{SECOND} is missing: `foretype models pull {name}` goes on." in listed.err
    pulled = await models(tmp_path, hub, "pull", f"local:{REPOSITORY}/{SECOND}", "--json")
    whole = json.loads(pulled.out)
    assert whole["model"] == name
    assert whole["size_bytes"] == len(FIRST_PART) + len(SECOND_PART)
    asked = [heard.path.partition("?")[0][1:] for heard in hub.storage.heard]
    assert asked == [FIRST, SECOND, SECOND]
    assert int(hub.ranges[-1].removeprefix("bytes=").removesuffix("-")) > 0
    removed = await models(tmp_path, hub, "rm", name)
    assert removed.out == f"{name} is removed; 3 MB are free again\n"
    assert not list((tmp_path / "foretype" / "data" / "models").rglob("*.gguf"))


async def test_parts_that_have_arrived_can_be_removed(tmp_path: Path, hub: ModelHub) -> None:
    path = tmp_path / "foretype" / "data" / "models" / REPOSITORY / FIRST
    path.parent.mkdir(parents=True)
    path.write_bytes(FIRST_PART)
    removed = await models(tmp_path, hub, "rm", f"local:{REPOSITORY}/{FIRST}")
    assert removed.out == f"local:{REPOSITORY}/{FIRST} is removed; 1 MB are free again\n"
    assert not path.exists()


async def test_a_model_whose_parts_are_not_all_at_the_hub_is_not_begun(tmp_path: Path, hub: ModelHub) -> None:
    hub.serve(FIRST_PART, FIRST)
    pulled = await models(tmp_path, hub, "pull", f"local:{REPOSITORY}/{FIRST}")
    assert f"{REPOSITORY} has no {SECOND}, which {FIRST} needs" in pulled.err
    assert not hub.storage.heard


async def test_a_file_that_changes_at_the_hub_is_named_and_not_taken_unasked(
    tmp_path: Path, hub: ModelHub
) -> None:
    name = f"local:{REPOSITORY}/{FILE}"
    hub.serve(CONTENT)
    assert (await models(tmp_path, hub, "pull", name)).code == 0
    assert (await models(tmp_path, hub, "rm", name)).code == 0
    hub.serve(CONTENT[:-1] + b"!")
    changed = await models(tmp_path, hub, "pull", name)
    assert changed.code == 1
    assert (
        f"{FILE} of {REPOSITORY} is another file than the one that was downloaded here before" in changed.err
    )
    assert f"`foretype models pull --changed {name}`" in changed.err
    assert len(hub.storage.heard) == 1
    assert (await models(tmp_path, hub, "pull", "--changed", name)).code == 0
    hub.serve(CONTENT)
    assert (await models(tmp_path, hub, "pull", "--changed", name)).code == 0
    path = tmp_path / "foretype" / "data" / "models" / REPOSITORY / FILE
    assert path.read_bytes() == CONTENT
    assert (await models(tmp_path, hub, "rm", name)).code == 0
    assert (await models(tmp_path, hub, "pull", name)).code == 0


async def test_a_file_of_the_catalogue_has_to_be_the_one_that_is_known(tmp_path: Path, hub: ModelHub) -> None:
    hub.repository = "ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF"
    hub.serve(CONTENT, "qwen2.5-coder-1.5b-q8_0.gguf")
    refused = await models(tmp_path, hub, "pull", "qwen2.5-coder-1.5b")
    assert refused.code == 1
    assert "is no longer the file that Foretype knows" in refused.err
    assert not hub.storage.heard
    assert (await models(tmp_path, hub, "pull", "--changed", "qwen2.5-coder-1.5b")).code == 0


async def test_a_name_with_a_quantisation_is_another_file_of_the_model(tmp_path: Path, hub: ModelHub) -> None:
    hub.repository = "ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF"
    hub.serve(CONTENT, "qwen2.5-coder-7b-q8_0.gguf")
    refused = await models(tmp_path, hub, "pull", "qwen2.5-coder-7b:q8_0")
    assert "is no longer the file that Foretype knows" in refused.err
    assert "`foretype models pull --changed local:qwen2.5-coder-7b:q8_0`" in refused.err
    unknown = await models(tmp_path, hub, "pull", "qwen2.5-coder-7b:q8")
    assert "did you mean local:qwen2.5-coder-7b:q8_0?" in unknown.err
    shown = await models(tmp_path, hub, "show", "local:qwen2.5-coder-7b:q8_0")
    assert f"https://huggingface.co/{hub.repository}" in shown.out


async def test_doctor_names_the_command_for_a_model_that_is_missing_or_too_large(
    tmp_path: Path, hub: ModelHub
) -> None:
    config = tmp_path / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        'models.complete = ["local:qwen2.5-coder-1.5b"]\nmodels.chat = ["local:a/b/c.gguf"]\n'
        "[local]\nmemory_mb = 50\n"
    )
    model_file(tmp_path / "foretype" / "data" / "models" / "a" / "b" / "c.gguf")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "foretype", "doctor", "--json"),
        env=environment(tmp_path, HF_ENDPOINT=hub.site.origin),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    missing, large = (each for each in json.loads(out) if each["subject"] == "model")
    assert missing["cure"] == "foretype models pull local:qwen2.5-coder-1.5b"
    assert large["detail"].startswith("local:a/b/c.gguf needs about")
    assert large["detail"].endswith("there is room for 50 MB")
    assert "lower `local.context`" in large["cure"]


async def test_half_downloads_can_be_removed(tmp_path: Path, hub: ModelHub) -> None:
    folder = tmp_path / "foretype" / "data" / "models" / ".partial"
    folder.mkdir(parents=True)
    for ending in ("part", "etag", "lock"):
        (folder / f"{'a' * 64}.{ending}").write_bytes(b"x")
    removed = await models(tmp_path, hub, "rm", "partial")
    assert "1 half downloads are removed" in removed.out
    assert not list(folder.iterdir())


async def test_files_of_other_programs_are_used_and_not_removed(tmp_path: Path, hub: ModelHub) -> None:
    path = model_file(tmp_path / ".lmstudio" / "models" / SMOL / SMOL_FILE)
    pulled = await models(tmp_path, hub, "pull", "local:smollm2-135m")
    assert pulled.out == f"local:smollm2-135m is ready: {path} (LM Studio)\n"
    removed = await models(tmp_path, hub, "rm", "local:smollm2-135m")
    assert (removed.code, removed.err) == (1, f"foretype: {path} belongs to LM Studio: remove it there.\n")
    assert path.exists()
    assert not hub.site.heard


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pull", "local:qwen2.5-coder-1.5"), "did you mean local:qwen2.5-coder-1.5b?"),
        (("pull", "hf:a/b"), "runs elsewhere"),
        (("pull", "local:a/../b.gguf"), "names no model file"),
        (("pull", f"local:{REPOSITORY}/other.gguf"), f"has no other.gguf: it has {FILE}"),
        (("pull", "local:a/b/c.gguf"), "There is no a/b"),
        (("show", "local:a/b/c.gguf"), "`foretype models pull local:a/b/c.gguf`"),
        (("rm", "local:qwen2.5-coder-7b"), "is not on this machine"),
        (("rm", "hf:a/b"), "is not on this machine"),
    ],
)
async def test_what_cannot_be_done_is_a_sentence(
    tmp_path: Path, hub: ModelHub, arguments: tuple[str, ...], said: str
) -> None:
    hub.serve(CONTENT)
    found = await models(tmp_path, hub, *arguments)
    assert found.code == 1
    assert said in found.err
    assert "Traceback" not in found.err


async def test_a_hub_that_cannot_be_reached_is_a_sentence(tmp_path: Path, hub: ModelHub) -> None:
    found = await models(tmp_path, hub, "pull", "smollm2-135m", HF_ENDPOINT_="")
    assert found.code == 1
    hub.site.origin = "http://127.0.0.1:9"
    found = await models(tmp_path, hub, "pull", "smollm2-135m")
    assert "http://127.0.0.1:9 cannot be reached" in found.err


async def test_the_catalogue_is_told_of_what_is_not_here(tmp_path: Path, hub: ModelHub) -> None:
    shown = await models(tmp_path, hub, "show", "local:qwen2.5-coder-1.5b")
    assert "is not on this machine" in shown.out
    assert "apache-2.0" in shown.out
    as_json = await models(tmp_path, hub, "show", "local:qwen2.5-coder-1.5b", "--json")
    assert json.loads(as_json.out)["is_here"] is False
