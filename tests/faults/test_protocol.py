"""Protocol and framing, on a real process: rows 1-19 of the fault table."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

import editor as editors
from editor import EVERYTHING, Editor, Json, frame

PING = {"jsonrpc": "2.0", "method": "test/ping"}


def resident_mb(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def send_until_blocked(pipe: asyncio.StreamWriter, data: bytes) -> int:
    """Write the same again and again until the other side takes no more; how much it took."""
    for sent_bytes in range(0, 500_000_000, len(data)):
        pipe.write(data)
        try:
            await asyncio.wait_for(pipe.drain(), 2)
        except asyncio.TimeoutError:
            return sent_bytes
    raise AssertionError("the server took everything")


async def test_01_headers_of_every_form_are_accepted(client: Editor) -> None:
    body = json.dumps({**PING, "id": "h"}).encode()
    for header in (
        "content-length: {}\r\n\r\n",
        "Content-Length:{}\r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf8\r\nCONTENT-LENGTH: {}\r\n\r\n",
        "Content-Length: {}\r\nX: y\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
    ):
        client.received.clear()
        client.send_bytes(header.format(len(body)).encode() + body)
        response = await client.until(lambda m: m.get("id") == "h", header)
        assert response["error"]["code"] == -32601


@pytest.mark.parametrize(
    "header", ["X: y", "Content-Length: -1", "Content-Length: many", "Content-Length: 99999999999999"]
)
async def test_02_a_bad_length_is_refused_and_the_next_message_served(client: Editor, header: str) -> None:
    assert await client.is_alive()
    client.received.clear()
    before_mb = resident_mb(client.process.pid)
    client.send_bytes(header.encode() + b"\r\n\r\n" + json.dumps(PING).encode())
    refused = await client.until(lambda m: "error" in m, "a refusal")
    assert (refused["id"], refused["error"]["code"]) == (None, -32700)
    assert await client.is_alive()
    assert resident_mb(client.process.pid) < before_mb + 20


async def test_03_a_message_cut_off_by_the_end_of_input_ends_the_server(client: Editor) -> None:
    client.send_bytes(b"Content-Length: 500\r\n\r\n{")
    assert client.process.stdin is not None
    client.process.stdin.write_eof()
    assert await client.ended() == 1


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"a":"\xff\xfe"}', b'{"a":"\xed\xa0\x80"}', b'{"a":NaN}', b"[" * 10_000, b'{"a":' * 10_000],
    ids=["cut", "bytes", "surrogate", "nan", "arrays", "objects"],
)
async def test_04_what_is_not_json_is_a_parse_error(client: Editor, body: bytes) -> None:
    client.send_bytes(frame(body))
    refused = await client.until(lambda m: "error" in m, "a refusal")
    assert (refused["id"], refused["error"]["code"]) == (None, -32700)
    assert await client.is_alive()


async def test_05_a_batch_is_an_invalid_request(client: Editor) -> None:
    client.send([{**PING, "id": 1}, {**PING, "id": 2}])
    refused = await client.until(lambda m: "error" in m, "a refusal")
    assert (refused["id"], refused["error"]["code"]) == (None, -32600)
    assert await client.is_alive()


async def test_06_unknown_methods(client: Editor) -> None:
    client.notify("no/such", {})
    client.notify("$/noSuch", {})
    assert (await client.error(client.post("no/such"))).code == -32601
    assert (await client.error(client.post("$/noSuch"))).code == -32601
    assert not [m for m in client.received if m.get("method") == "window/showMessage"]


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        {},
        {"command": 5},
        {"command": None},
        {"command": "foretype.status", "arguments": "x"},
        {"arguments": []},
    ],
    ids=json.dumps,
)
async def test_07_wrong_parameters_are_named_and_nothing_pops_up(client: Editor, params: Json) -> None:
    error = await client.error(client.post("workspace/executeCommand", params))
    assert error.code == -32602
    assert len(error.message) < 300
    assert "data" not in error.error
    client.notify("textDocument/didOpen", params)
    client.notify("textDocument/didChange", params)
    assert await client.is_alive()
    assert not client.all("window/showMessage")


async def test_08_before_and_after_initialize(stranger: Editor) -> None:
    assert (await stranger.error(stranger.post("workspace/executeCommand", {}))).code == -32002
    assert (await stranger.error(stranger.post("shutdown"))).code == -32002
    stranger.open("file:///a.py", "early")
    await stranger.initialize()
    assert (await stranger.error(stranger.post("initialize", {"capabilities": {}}))).code == -32600
    assert await stranger.is_alive()


async def test_09_shutdown_and_exit_in_every_order(tmp_path: Path) -> None:
    async with editors.editor(tmp_path) as client:
        await client.request("shutdown")
        assert (await client.error(client.post("test/ping"))).code == -32600
        client.notify("exit")
        assert await client.ended() == 0
    async with editors.editor(tmp_path) as client:
        client.notify("exit")
        assert await client.ended() == 1
    async with editors.editor(tmp_path, initialized=False) as client:
        client.notify("exit")
        assert await client.ended() == 1


async def test_10_ids_of_every_kind_are_answered_in_kind(client: Editor) -> None:
    for id in ("", "1", "é", 0, 1_000_000_000_000, -3):
        assert (await client.error(client.post("test/ping", id=id))).code == -32601
    client.send({**PING, "id": None})
    await client.until(lambda m: "error" in m and m["id"] is None, "the answer to id null")
    client.post("test/ping", id="twin")
    client.post("test/ping", id="twin")
    assert await client.is_alive()
    assert [m["id"] for m in client.received if m.get("id") == "twin"] == ["twin", "twin"]


async def test_11_an_answer_to_no_question_is_ignored(client: Editor) -> None:
    for id in (999, "x", None):
        client.send({"jsonrpc": "2.0", "id": id, "result": {}})
        client.send({"jsonrpc": "2.0", "id": id, "error": {"code": 1, "message": "no"}})
    assert await client.is_alive()


async def test_12_cancelling_nothing_is_ignored_and_a_queued_request_is_cancelled(probe: Editor) -> None:
    for params in ({"id": 999}, {"id": "x"}, {}, None, {"id": {"a": 1}}):
        probe.notify("$/cancelRequest", params)
    slow = {"jsonrpc": "2.0", "id": "q", "method": "test/slow", "params": {}}
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "q"}}
    probe.send_bytes(frame(slow) + frame(cancel))
    assert (await probe.error("q")).code == -32800
    assert await probe.is_alive()


async def test_13_a_cancelled_request_stops_working(probe: Editor) -> None:
    id = probe.post("test/slow", {})
    await probe.until(lambda m: m.get("method") == "test/started", "the start of the work")
    probe.notify("$/cancelRequest", {"id": id})
    assert (await probe.error(id)).code == -32800
    assert (await probe.notified("test/stopped")) == {"by": "CancelledError"}


async def test_14_a_cancelled_command_stops_working_and_applies_nothing(probe: Editor) -> None:
    id = probe.post("workspace/executeCommand", {"command": "test.stubborn", "arguments": []})
    await probe.until(lambda m: m.get("method") == "test/started", "the start of the work")
    probe.notify("$/cancelRequest", {"id": id})
    assert (await probe.error(id)).code == -32800
    await probe.notified("test/stopped")
    assert await probe.is_alive()
    assert not probe.all("workspace/applyEdit")


async def test_15_the_end_of_input_ends_the_server(client: Editor) -> None:
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert await asyncio.wait_for(client.ended(), 2) == 1


async def test_15_the_death_of_the_editor_ends_the_server_though_the_pipe_stays_open(
    stranger: Editor,
) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    await stranger.initialize(processId=parent.pid)
    assert await stranger.is_alive()
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    assert await asyncio.wait_for(stranger.ended(), 2) == 1
    assert parent.stdin is not None
    parent.stdin.close()


async def test_15_an_editor_in_another_process_namespace_is_not_taken_for_dead(stranger: Editor) -> None:
    await stranger.initialize(processId=2**22 + 1)
    assert await stranger.is_alive()


async def test_16_a_client_that_does_not_read_costs_bounded_memory(tmp_path: Path) -> None:
    """Its requests wait in its own pipe: the server stops reading while its answers are not taken."""
    read_end, write_end = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *editors.SERVER,
        stdin=asyncio.subprocess.PIPE,
        stdout=write_end,
        stderr=asyncio.subprocess.DEVNULL,
        env=editors.environment(tmp_path),
    )
    os.close(write_end)
    assert process.stdin is not None
    hello = {"processId": None, "capabilities": EVERYTHING}
    process.stdin.write(frame({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}))
    flood = frame({**PING, "id": "x" * 10_000}) * 50
    sent_bytes = await send_until_blocked(process.stdin, flood)
    assert sent_bytes < 60_000_000
    assert resident_mb(process.pid) < 120
    os.close(read_end)
    assert await asyncio.wait_for(process.wait(), 5) == 1
    process.stdin.close()


async def test_17_a_client_that_advertises_nothing_gets_nothing_it_did_not_advertise(
    stranger: Editor,
) -> None:
    await stranger.initialize(capabilities={})
    stranger.open("file:///a.py", "x = 1\n")
    stranger.notify(
        "workspace/didChangeConfiguration", {"settings": {"foretype": {"complete": {"enabeld": 1}}}}
    )
    assert await stranger.request("workspace/executeCommand", {"command": "foretype.status"})
    assert await stranger.is_alive()
    unasked = {m["method"] for m in stranger.received if "method" in m}
    assert unasked <= {"window/logMessage", "window/showMessage"}


@pytest.mark.parametrize("how", ["print", "descriptor", "child"])
async def test_18_a_stray_print_goes_to_stderr(probe: Editor, how: str) -> None:
    assert await probe.request("test/print", {"how": how}) == "printed"
    assert await probe.is_alive()
    assert await probe.end() == 0
    assert b"Content-Length: stray" in probe.stderr


@pytest.mark.parametrize("error", ["ValueError", "RecursionError", "MemoryError", "SystemExit", "KeyError"])
async def test_19_a_failing_handler_is_an_internal_error_with_a_number(probe: Editor, error: str) -> None:
    answer = await probe.error(probe.post("test/raise", {"error": error}))
    assert answer.code == -32603
    reference = answer.message.split("ref ")[1][:6]
    assert await probe.is_alive()
    assert await probe.end() == 0
    assert f"internal error {reference}" in probe.stderr.decode()
    assert error in probe.stderr.decode()


def children_of(process_id: int) -> list[int]:
    return [
        int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    ]


async def test_15_the_processes_that_the_server_started_end_with_it(stranger: Editor, tmp_path: Path) -> None:
    """The workspace is read in a process of its own, which must not outlive the editor."""
    for number in range(300):
        text = "\n".join(f"name_{number}_{line} = compute_{line}({number})" for line in range(400))
        (tmp_path / f"module_{number}.py").write_text(text, encoding="utf-8")
    await stranger.initialize(rootUri=tmp_path.as_uri())

    async def is_reading() -> bool:
        return bool(children_of(stranger.process.pid))

    await stranger.eventually(is_reading, "the workspace being read")
    started = children_of(stranger.process.pid)
    assert stranger.process.stdin is not None
    stranger.process.stdin.close()
    assert await asyncio.wait_for(stranger.ended(), 2) == 1
    assert not [child for child in started if Path(f"/proc/{child}").exists()]
