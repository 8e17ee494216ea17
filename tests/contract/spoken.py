"""How each server speaks, written down from its documentation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foretype.prompt.asked import ChatPrompt, HolePrompt, Message, Prompt, RawPrompt

if TYPE_CHECKING:
    from contract.upstream import Visit

RAW = RawPrompt("def add(a, b):\n    return ")
HOLE = HolePrompt("import math\ndef add(a, b):\n    return ", "\n\nprint(add(1, 2))\n")
CHAT = ChatPrompt((Message("system", "You fill in code."), Message("user", "def add(a, b):")))

EVENTS = "text/event-stream"
LINES = "application/x-ndjson"


@dataclass(frozen=True)
class Spoken:
    """One route of one dialect: what it expects and how it answers."""

    name: str
    dialect: str
    prompt: Prompt
    path: str
    expects: dict[str, Any]
    content_type: str
    piece: Callable[[str], dict[str, Any]]
    last: Callable[[str], dict[str, Any]]
    whole: Callable[[str], dict[str, Any]]
    length_word: str = "length"
    done: str = ""

    def frame(self, payload: dict[str, Any]) -> bytes:
        text = json.dumps(payload, ensure_ascii=False)
        return f"{text}\n".encode() if self.content_type == LINES else f"data: {text}\n\n".encode()

    def text(self, text: str) -> bytes:
        return self.frame(self.piece(text))

    def end(self, word: str = "stop") -> bytes:
        return self.frame(self.last(word)) + self.done.encode()

    def error(self, message: str) -> bytes:
        return self.frame({"error": message})

    async def tell(self, visit: Visit, *texts: str, word: str = "stop") -> None:
        """A complete answer, one chunk for each text."""
        await visit.head(content_type=self.content_type)
        for text in texts:
            await visit.say(self.text(text))
        await visit.say(self.end(word))
        await visit.end()


def openai_text(text: str, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


def openai_chat(text: str | None, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text} if text is not None else {}, "finish_reason": reason}
    return {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def openai_whole_chat(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    return {"id": "c-1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage}


def with_usage(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}


def llamacpp_last(word: str) -> dict[str, Any]:
    kind = {"stop": "eos", "limit": "limit"}[word]
    counts = {"tokens_evaluated": 7, "tokens_predicted": 2, "tokens_cached": 9, "truncated": False}
    return {"content": "", "stop": True, "stop_type": kind, "stopping_word": "", "index": 0, **counts}


def ollama_last(word: str, **text: Any) -> dict[str, Any]:
    counts = {"prompt_eval_count": 7, "eval_count": 2, "total_duration": 9, "load_duration": 1}
    return {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        **text,
        "done": True,
        "done_reason": word,
        **counts,
    }


def tgi_token(text: str) -> dict[str, Any]:
    token = {"id": 5, "text": text, "logprob": -0.1, "special": False}
    return {"index": 1, "token": token, "generated_text": None, "details": None}


def tgi_last(word: str) -> dict[str, Any]:
    token = {"id": 0, "text": "</s>", "logprob": -0.1, "special": True}
    reason = {"stop": "eos_token", "length": "length"}[word]
    details = {"finish_reason": reason, "generated_tokens": 2, "seed": None, "input_length": 7}
    return {"index": 2, "token": token, "generated_text": "a + b", "details": details}


SPOKEN = (
    Spoken(
        "openai-text", "openai", RAW, "/v1/completions",
        {"model": "m", "prompt": RAW.text, "max_tokens": 16, "stop": ["\n\n"], "stream": True},
        EVENTS, openai_text, lambda word: with_usage(openai_text("", word)),
        lambda text: with_usage(openai_text(text, "stop")), done="data: [DONE]\n\n",
    ),
    Spoken(
        "openai-chat", "openai", CHAT, "/v1/chat/completions",
        {
            "model": "m", "max_tokens": 16, "stop": ["\n\n"], "stream": True,
            "messages": [
                {"role": "system", "content": "You fill in code."},
                {"role": "user", "content": "def add(a, b):"},
            ],
        },
        EVENTS, openai_chat, lambda word: with_usage(openai_chat(None, word)), openai_whole_chat,
        done="data: [DONE]\n\n",
    ),
    Spoken(
        "llamacpp-infill", "llamacpp", HOLE, "/infill",
        {
            "input_prefix": "import math\ndef add(a, b):\n", "prompt": "    return ",
            "input_suffix": HOLE.suffix, "input_extra": [], "n_predict": 16, "stop": ["\n\n"],
            "stream": True, "cache_prompt": True,
        },
        EVENTS, lambda text: {"content": text, "tokens": [5], "stop": False, "id_slot": 0, "index": 0},
        llamacpp_last, lambda text: {**llamacpp_last("stop"), "content": text}, length_word="limit",
    ),
    Spoken(
        "llamacpp-completion", "llamacpp", RAW, "/completion",
        {
            "prompt": RAW.text, "n_predict": 16, "stop": ["\n\n"], "stream": True, "cache_prompt": True,
        },
        EVENTS, lambda text: {"content": text, "tokens": [5], "stop": False, "id_slot": 0, "index": 0},
        llamacpp_last, lambda text: {**llamacpp_last("stop"), "content": text}, length_word="limit",
    ),
    Spoken(
        "ollama-raw", "ollama", RAW, "/api/generate",
        {
            "model": "m", "prompt": RAW.text, "raw": True, "stream": True,
            "options": {"num_predict": 16, "stop": ["\n\n"], "num_ctx": 4096, "temperature": 0.0},
        },
        LINES, lambda text: {"model": "m", "created_at": "2026-01-01", "response": text, "done": False},
        lambda word: ollama_last(word, response=""), lambda text: ollama_last("stop", response=text),
    ),
    Spoken(
        "ollama-chat", "ollama", CHAT, "/api/chat",
        {
            "model": "m", "stream": True,
            "messages": [
                {"role": "system", "content": "You fill in code."},
                {"role": "user", "content": "def add(a, b):"},
            ],
            "options": {"num_predict": 16, "stop": ["\n\n"], "num_ctx": 4096, "temperature": 0.0},
        },
        LINES, lambda text: {"model": "m", "message": {"role": "assistant", "content": text}, "done": False},
        lambda word: ollama_last(word, message={"role": "assistant", "content": ""}),
        lambda text: ollama_last("stop", message={"role": "assistant", "content": text}),
    ),
    Spoken(
        "mistral-fim", "mistral", HOLE, "/v1/fim/completions",
        {
            "model": "m", "prompt": HOLE.prefix, "suffix": HOLE.suffix, "max_tokens": 16,
            "stop": ["\n\n"], "stream": True,
        },
        EVENTS, openai_chat, lambda word: with_usage(openai_chat("", word)), openai_whole_chat,
        done="data: [DONE]\n\n",
    ),
    Spoken(
        "deepseek-fim", "deepseek", HOLE, "/beta/completions",
        {
            "model": "m", "prompt": HOLE.prefix, "suffix": HOLE.suffix, "max_tokens": 16,
            "stop": ["\n\n"], "stream": True,
        },
        EVENTS, openai_text, lambda word: with_usage(openai_text("", word)),
        lambda text: with_usage(openai_text(text, "stop")), done="data: [DONE]\n\n",
    ),
    Spoken(
        "tgi-generate", "tgi", RAW, "/generate_stream",
        {
            "inputs": RAW.text,
            "parameters": {
                "max_new_tokens": 16, "stop": ["\n\n"], "do_sample": False, "return_full_text": False,
            },
        },
        EVENTS, tgi_token, tgi_last, lambda text: {"generated_text": text},
    ),
)  # fmt: skip
