"""Work on one engine: what comes first, what is stopped, who shares, and what is unloaded."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.engine.client import Engine, State
from foretype.engine.place import HELLO, Place, place_for
from foretype.engine.protocol import Lane, packed
from foretype.engine.start import meet
from foretype.errors import LocalModelError

from engine.running import MODEL, OPTIONS, beside, engine_in, environment, gone, hole, text_of

CODE = "def f(a):\n    return "
LONG = "".join(f"def function_{n}(a, b):\n    return a + {n} * b\n\n" for n in range(75))
TALK = [("text", "def f(a):\n")]


async def quick(engine: Engine) -> None:
    """A first answer, so that nothing later has to wait for the model."""
    await text_of(engine, hole(CODE), 1)


def slow_prompt(number: int) -> list[tuple[str, str]]:
    """As long as fits, and another one each time."""
    return hole(f"# {number}\n{LONG}")


async def test_a_completion_comes_before_a_conversation_that_runs(engine: Engine) -> None:
    await quick(engine)
    async with aclosing(engine.write(str(MODEL), TALK, OPTIONS, 1500, lane=Lane.CHAT)) as talking:
        before = [await anext(talking), await anext(talking)]
        await text_of(engine, hole(CODE), 4)
        rest = [step async for step in talking]
    whole, _, _ = await text_of(engine, TALK, 1500, lane=Lane.CHAT)
    assert "".join(step.text for step in [*before, *rest]) == whole


async def test_a_completion_does_not_wait_for_a_long_conversation(engine: Engine) -> None:
    await quick(engine)
    talking = asyncio.create_task(text_of(engine, TALK, 1900, lane=Lane.CHAT))
    await asyncio.sleep(0)
    await text_of(engine, hole(CODE), 2)
    assert not talking.done()
    talking.cancel()
    await asyncio.wait({talking})


async def test_closing_a_text_stops_the_model(engine: Engine) -> None:
    await quick(engine)
    async with aclosing(engine.write(str(MODEL), TALK, OPTIONS, 1900, lane=Lane.CHAT)) as talking:
        await anext(talking)
    _, _, usage = await text_of(engine, [("text", "x = 1\n")], 1, lane=Lane.CHAT)
    (loaded,) = await engine.loaded()
    assert usage.written == 1
    assert loaded["counted"] < 1900, "llama.cpp's own count of what it has read and written"


async def test_a_newer_completion_takes_the_place_of_the_older(engine: Engine) -> None:
    await quick(engine)
    older = asyncio.create_task(text_of(engine, [("text", LONG)], 400))
    await asyncio.sleep(0.01)
    newer = await text_of(engine, hole(CODE), 4)
    assert newer[1] in ("stop", "length")
    assert (await older)[1] == "cancelled"


async def test_another_editor_s_completion_is_not_cut_off(home: Path, engine: Engine) -> None:
    await quick(engine)
    async with beside(home) as other:
        mine = asyncio.create_task(text_of(engine, [("text", LONG)], 50))
        theirs = asyncio.create_task(text_of(other, hole(CODE), 4))
        assert (await mine)[1] == "length"
        assert (await theirs)[1] in ("stop", "length")


async def test_two_editors_share_one_process_and_one_model(home: Path, engine: Engine) -> None:
    await asyncio.gather(quick(engine))
    async with beside(home) as other:
        await asyncio.gather(quick(other), quick(engine))
        assert other.process_id == engine.process_id
        (loaded,) = await other.loaded()
        assert loaded["users"] == 2
    while (await engine.loaded())[0]["users"] != 1:
        await asyncio.sleep(0.01)


async def test_many_editors_that_start_at_once_start_one_engine(home: Path) -> None:
    clients = [Engine(environment(home), 0.5) for _ in range(6)]
    await asyncio.gather(*(client.facts(str(MODEL), OPTIONS) for client in clients))
    assert len({client.process_id for client in clients}) == 1
    process_id = clients[0].process_id
    for client in clients:
        await client.close()
    assert process_id is not None
    await gone(process_id)


async def test_it_ends_by_itself_and_leaves_no_socket(home: Path) -> None:
    async with engine_in(home, linger_s=0.1) as client:
        await quick(client)
        place = place_for(environment(home))
        assert place.socket is not None
        assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
    assert not place.socket.exists()


async def test_a_socket_that_nobody_listens_on_heals(home: Path, engine: Engine) -> None:
    place = place_for(environment(home))
    assert place.socket is not None
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(place.socket))
    await quick(engine)


async def test_other_versions_are_not_talked_to(home: Path, engine: Engine) -> None:
    """Whoever says another hello hears nothing more, and who hears another one does not go on."""
    await quick(engine)
    place = place_for(environment(home))
    reader, writer = await asyncio.open_unix_connection(str(place.socket))
    writer.write(packed({"hello": "foretype-engine 0.0.0 protocol 0"}) + packed({"id": 1, "do": "ps"}))
    said = await reader.read()
    assert HELLO.encode() in said
    assert b"result" not in said
    writer.close()
    await writer.wait_closed()


async def test_nonsense_costs_only_the_one_who_sends_it(home: Path, engine: Engine) -> None:
    await quick(engine)
    place = place_for(environment(home))
    for nonsense in (
        b"\xff" * 64,
        packed({"hello": HELLO}) + b"\0\0\0\x02[]",
        packed({"hello": HELLO}) + packed({}),
    ):
        reader, writer = await asyncio.open_unix_connection(str(place.socket))
        writer.write(nonsense)
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
    await quick(engine)


async def test_where_no_socket_can_be_the_engine_is_a_child_over_pipes(home: Path) -> None:
    folder = home / "engine"
    folder.mkdir(mode=0o700)
    client = Engine(environment(home), place=lambda _: Place(folder, None))
    await quick(client)
    assert client.state is State.READY
    process_id = client.process_id
    await client.close()
    assert process_id is not None
    await gone(process_id)


async def test_nothing_of_the_environment_that_may_be_secret_reaches_the_engine(home: Path) -> None:
    async with engine_in(home, HF_TOKEN="hf_canary", LAB_KEY="canary", OMP_NUM_THREADS="1") as client:
        await quick(client)
        seen = Path(f"/proc/{client.process_id}/environ").read_bytes()
        arguments = Path(f"/proc/{client.process_id}/cmdline").read_bytes()
        assert b"canary" not in seen + arguments
        assert b"OMP_NUM_THREADS" in seen


async def test_a_third_model_takes_the_place_of_the_least_used(home: Path, engine: Engine) -> None:
    files = [Path(shutil.copy(MODEL, home / f"{name}.gguf")) for name in "abc"]
    for file in (*files[:2], files[0], files[2]):
        await text_of(engine, hole(CODE), 1, model=file)
    assert {Path(each["model"]).name for each in await engine.loaded()} == {"a.gguf", "c.gguf"}


async def test_a_model_that_is_not_used_is_unloaded(engine: Engine) -> None:
    await text_of(engine, hole(CODE), 1, options=replace(OPTIONS, idle_s=0.05))
    while await engine.loaded():
        await asyncio.sleep(0.02)
    await quick(engine)


async def test_settings_that_change_load_the_model_anew(engine: Engine) -> None:
    await quick(engine)
    await text_of(engine, hole(CODE), 1, options=replace(OPTIONS, context=1024))
    (loaded,) = await engine.loaded()
    assert loaded["context"] == 1024


async def test_a_file_that_was_replaced_is_another_model(home: Path, engine: Engine) -> None:
    file = Path(shutil.copy(MODEL, home / "a.gguf"))
    await text_of(engine, hole(CODE), 1, model=file)
    replacement = Path(shutil.copy(MODEL, home / "b.gguf"))
    os.utime(replacement, ns=(1, 1))
    replacement.replace(file)
    _, _, usage = await text_of(engine, hole(CODE), 1, model=file)
    assert usage.evaluated == usage.prompt


async def test_whoever_only_looks_starts_nothing(home: Path, engine: Engine) -> None:
    async with beside(home) as onlooker:
        assert await onlooker.loaded() == []
        assert onlooker.process_id is None
        await quick(engine)
        (loaded,) = await onlooker.loaded()
        assert (loaded["model"], loaded["users"]) == (str(MODEL), 1)


async def test_unloading_by_hand(engine: Engine) -> None:
    assert not await engine.unload(str(MODEL))
    await quick(engine)
    assert await engine.unload(str(MODEL))
    assert await engine.loaded() == []


async def test_a_model_that_is_over_the_limit_is_not_loaded(engine: Engine) -> None:
    with pytest.raises(LocalModelError, match=r"needs about \d+ MB, and local.memory_mb allows 1 MB"):
        await text_of(engine, hole(CODE), 1, options=replace(OPTIONS, memory_mb=1))
    await quick(engine)


async def test_a_peer_that_is_met_is_this_user_s(home: Path) -> None:
    """The engine turns others away by their uid; the folder and its mode keep them out before that."""
    meeting = await meet(place_for(environment(home)), environment(home).variables, 0.1)
    assert meeting.process_id > 1
    meeting.writer.close()
    await meeting.writer.wait_closed()
    await gone(meeting.process_id)
