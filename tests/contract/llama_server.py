"""A program that behaves as llama-server does, for as much as Foretype asks of it; run as a script it is one.

What a model file is named decides how it behaves, so that a test can ask for a server that cannot load it.
`FORETYPE_TEST_LLAMA_SERVER` names a real llama-server to run the same tests on.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TINY = Path(__file__).parents[1] / "model" / "tiny-fim-python-q8_0.gguf"
NAME = "llama-server"
WORDS = ("return", " left", " +", " right", "\n")


@dataclass(frozen=True)
class Program:
    """The folder that a PATH has to have, and whether what is in it is the real thing."""

    folder: Path
    is_real: bool


def program_in(folder: Path) -> Program:
    folder.mkdir()
    real = os.environ.get("FORETYPE_TEST_LLAMA_SERVER", "")
    if real:
        (folder / NAME).symlink_to(real)
    else:
        start = f"#!{sys.executable} -S\nimport runpy\nrunpy.run_path({__file__!r}, run_name='__main__')\n"
        (folder / NAME).write_text(start)
        (folder / NAME).chmod(0o755)
    return Program(folder, bool(real))


def model_in(folder: Path, name: str = "small.gguf") -> Path:
    """A model file that a real llama-server loads, under a name that tells a stand-in what to do."""
    folder.mkdir(exist_ok=True)
    return Path(shutil.copyfile(TINY, folder / name))


class StandIn(BaseHTTPRequestHandler):
    """The routes and refusals of llama-server, and a few words for an answer."""

    protocol_version = "HTTP/1.1"
    model = ""
    ready_at = 0.0
    key = ""

    def do_GET(self) -> None:
        if self.path == "/health":
            self.loaded() and self.say(200, {"status": "ok"})
        elif self.allowed() and self.path == "/props":
            self.say(200, {"model_path": self.model, "default_generation_settings": {"n_ctx": 2048}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.allowed() or not self.loaded():
            return
        if self.path == "/infill" and "no-holes" in self.model:
            sentence = "Infill is not supported by this model: prefix token is missing. "
            self.refuse(501, sentence, "not_supported_error")
        elif self.path == "/v1/chat/completions":
            self.stream([{"choices": [{"delta": {"content": word}}]} for word in WORDS], DONE_CHATTING)
        else:
            count = min(body["n_predict"], len(WORDS))
            told = [{"content": word, "stop": False} for word in WORDS[:count]]
            self.stream(told, {"content": "", "stop": True, "stop_type": "eos", "tokens_evaluated": 9})

    def allowed(self) -> bool:
        is_allowed = "keyless" in self.model or self.headers["Authorization"] == f"Bearer {self.key}"
        return is_allowed or self.refuse(401, "Invalid API Key", "authentication_error")

    def loaded(self) -> bool:
        return time.monotonic() > self.ready_at or self.refuse(503, "Loading model", "unavailable_error")

    def refuse(self, status: int, message: str, kind: str) -> bool:
        self.say(status, {"error": {"code": status, "message": message, "type": kind}})
        return False

    def say(self, status: int, content: Any) -> bool:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return True

    def stream(self, told: list[Any], last: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for each in [*told, last]:
            self.wfile.write(b"data: " + json.dumps(each).encode() + b"\n\n")
            if "slow" in self.model:
                time.sleep(0.2)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


DONE_CHATTING = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}}


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        print("version: 1 (stand-in)", file=sys.stderr)
        return
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    model = Path(given["--model"])
    StandIn.model, StandIn.key = model.name, os.environ["LLAMA_API_KEY"]
    StandIn.ready_at = time.monotonic() + (1.5 if "large" in model.name else 0.1)
    server = ThreadingHTTPServer((given["--host"], int(given["--port"])), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if "broken" in model.name:
        sys.exit(f"error loading model: missing tensor 'output_norm.weight' in {model}")
    threading.Event().wait()


if __name__ == "__main__":
    main()
