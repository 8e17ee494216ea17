"""`foretype chat ["QUESTION"]`: one answer on stdout, or a conversation in the terminal."""

from __future__ import annotations

import argparse
import base64
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foretype.cli.complete import LANGUAGES
from foretype.cli.markdown import Styled
from foretype.cli.session import Json, Session, session
from foretype.errors import ForetypeError

EXAMPLE = """\
examples:
    foretype chat "What does git bisect do?"             one answer
    foretype chat --file src/app.py "/explain"           about a file
    foretype chat --image plot.png "What is wrong here?" about a picture, with a model that sees
    foretype chat                                        a conversation: Ctrl-C stops an answer, Ctrl-D all
    foretype chat --continue                             the conversation that was last
"""
PROGRESS = 1
MOST_IMAGE_BYTES = 5_000_000
KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}


@dataclass
class Answer:
    """What came back, and how it is shown while it comes."""

    is_shown: bool
    styled: Styled
    text: str = ""
    reasoning: str = ""
    notes: list[str] = field(default_factory=list)
    context: list[Json] = field(default_factory=list)
    tools: list[Json] = field(default_factory=list)

    def hear(self, params: Json) -> None:
        piece = params["value"]
        kind, text = piece["kind"], piece["text"]
        if kind == "text":
            self.text += text
            self._show(text)
        elif kind == "reasoning":
            self.reasoning += text
        elif kind == "note":
            self.notes.append(text)
            self._aside(text)
        elif kind == "context":
            self.context += piece["items"]
            self._aside(
                "sent along: "
                + ", ".join(f"{item['name']} ({item['tokens']} tokens)" for item in piece["items"])
            )
        elif kind == "tool":
            self.tools.append({"name": text, "detail": piece["detail"]})
            self._aside(f"{text} {piece['detail']}")

    def _show(self, text: str) -> None:
        if self.is_shown:
            sys.stdout.write(self.styled.feed(text))
            sys.stdout.flush()

    def _aside(self, words: str) -> None:
        if self.is_shown:
            print(printable(words), file=sys.stderr)

    def end(self) -> None:
        if self.is_shown:
            sys.stdout.write(self.styled.end() + ("" if self.text.endswith("\n") or not self.text else "\n"))
            sys.stdout.flush()


@dataclass
class Talk:
    """One conversation with the server behind it."""

    session: Session
    options: argparse.Namespace
    conversation: str | None = None

    def ask(self, question: str, more: dict[str, Any]) -> tuple[Answer, Json]:
        """One turn; Ctrl-C asks for its end and waits for it."""
        answer = Answer(not self.options.json, Styled(sys.stdout.isatty()))
        params = {
            "partialResultToken": PROGRESS,
            "text": question,
            "conversation": self.conversation,
            "model": self.options.model,
            **more,
        }
        with stopping(self.session):
            result = self.session.request("foretype/chat", params, answer.hear)
        answer.end()
        self.conversation = result["conversation"]
        for message in self.session.told:
            print(printable(message), file=sys.stderr)
        self.session.told.clear()
        if result["problem"] and not self.options.json:
            print(f"foretype: {result['problem']}", file=sys.stderr)
        return answer, result


def run(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    with session(Path.cwd()) as talk:
        chat = Talk(talk, options, last_conversation(talk) if options.goes_on else None)
        more = attached(talk, options)
        question = options.question
        if question is None and not sys.stdin.isatty():
            question = sys.stdin.read()
        if question is None:
            return conversation(chat, more)
        answer, result = chat.ask(question, more)
        if options.json:
            print(json.dumps(summary(answer, result), ensure_ascii=False))
        return 1 if result["problem"] else 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="foretype chat",
        description="One answer, or a conversation where no question is given; /help lists its commands.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("question", nargs="?", help="the question; @file PATH and @diff send something along")
    parser.add_argument("--file", type=Path, help="a file that the question is about")
    parser.add_argument("--image", type=Path, action="append", default=[], help="a picture; repeatable")
    parser.add_argument(
        "--continue", dest="goes_on", action="store_true", help="go on with the conversation that was last"
    )
    parser.add_argument("--model", help="the model to ask, in place of the settings' own")
    parser.add_argument("--json", action="store_true", help="print the answer and what led to it as JSON")
    return parser


def last_conversation(talk: Session) -> str:
    """The one that something was said in last, in an editor or here."""
    params = {"command": "foretype.conversations", "arguments": [{"action": "list"}]}
    rows = talk.request("workspace/executeCommand", params)
    if not rows:
        raise ForetypeError("There is no conversation to go on with yet.")
    return str(rows[0]["id"])


def conversation(chat: Talk, more: dict[str, Any]) -> int:
    """Question and answer until the input ends; the first one gets what is sent along."""
    with suppress(ImportError):
        import readline  # noqa: F401 - gives `input` its history
    while True:
        try:
            question = input("> ").strip()
        except KeyboardInterrupt:
            print()
            continue
        except EOFError:
            print()
            return 0
        if question in ("/help", "?"):
            print("/explain /fix /tests /doc /commit /summarize /translate /suggest /model ID /clear")
        elif question:
            with suppress_errors():
                chat.ask(question, more)
                more = {}


@contextmanager
def suppress_errors() -> Iterator[None]:
    """A question that cannot be asked does not end the conversation."""
    try:
        yield
    except ForetypeError as problem:
        print(f"foretype: {problem}", file=sys.stderr)


@contextmanager
def stopping(session: Session) -> Iterator[None]:
    """Ctrl-C stops the answer, not the program: the handler returns, and the answer is read to its end."""
    before = signal.signal(signal.SIGINT, lambda *_: session.cancel())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def attached(talk: Session, options: argparse.Namespace) -> dict[str, Any]:
    """The file as an open document that is selected whole, and the images as data."""
    more: dict[str, Any] = {"images": [data_url(image) for image in options.image]}
    if options.file is not None:
        text = content(options.file).decode("utf-8", "replace")
        language = LANGUAGES.get(options.file.suffix.lower(), "plaintext")
        end = {"line": text.count("\n"), "character": len(text.rpartition("\n")[2])}
        more["uri"] = talk.open(options.file, language, text)
        more["range"] = {"start": {"line": 0, "character": 0}, "end": end}
    return more


def data_url(path: Path) -> str:
    data = content(path)
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > MOST_IMAGE_BYTES:
        raise ForetypeError(f"{path} is no PNG, JPEG, GIF or WebP of at most 5 MB")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ForetypeError(f"{path} cannot be read: {error.strerror}") from error


def summary(answer: Answer, result: Json) -> Json:
    told = {"text": answer.text, "reasoning": answer.reasoning, "notes": answer.notes}
    return {**told, "context": answer.context, "tools": answer.tools, **result}


def printable(words: str) -> str:
    """Nothing that steers a terminal."""
    return "".join(character if character.isprintable() else " " for character in words)
