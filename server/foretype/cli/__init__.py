"""The command line: one module per command, imported only when it is asked for."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from foretype import __version__
from foretype.errors import ForetypeError

INTERRUPTED = 130
READER_LEFT = 141


@dataclass(frozen=True)
class Command:
    """A row of `foretype --help`; its module has `run(arguments) -> exit code`."""

    module: str
    summary: str


COMMANDS = {
    "lsp": Command("foretype.cli.lsp", "the language server, on stdio; what an editor starts"),
    "demo": Command("foretype.cli.demo", "see it complete code, in the terminal"),
    "complete": Command("foretype.cli.complete", "one completion on stdout"),
    "edit": Command("foretype.cli.edit", "rewrite stdin, or lines of a file, as you ask"),
    "login": Command("foretype.cli.login", "check a Hugging Face token, and keep it"),
    "logout": Command("foretype.cli.logout", "forget that token"),
    "status": Command("foretype.cli.status", "your account, and which model answers for what"),
    "chat": Command("foretype.cli.chat", "one answer, or a conversation in the terminal"),
    "setup": Command("foretype.cli.setup", "the configuration that makes your editor start it"),
    "serve": Command("foretype.cli.serve", "completions and chat on loopback, for editors that speak OpenAI"),
    "doctor": Command("foretype.cli.doctor", "what works here, what does not, and the cure"),
    "models": Command("foretype.cli.models", "what is known of models, and what to forget"),
    "stats": Command("foretype.cli.stats", "what was asked of models, what it took, and what came of it"),
    "eval": Command("foretype.cli.eval", "how often a model is right, on holes in your own code"),
}


def usage() -> str:
    width = max(map(len, COMMANDS)) + 4
    rows = "\n".join(f"    {name:<{width}}{command.summary}" for name, command in COMMANDS.items())
    return (
        "usage: foretype COMMAND [ARGUMENTS]\n\n"
        f"{rows}\n\n"
        "    foretype COMMAND --help    what a command takes, with an example\n"
        "    foretype --version\n"
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code is 0 for success, 1 for failure, 2 for a wrong call."""
    try:
        code = called(arguments)
        sys.stdout.flush()
        return code
    except ForetypeError as error:
        print(f"foretype: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` has; Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT


def called(arguments: Sequence[str]) -> int:
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help", "help"):
        print(usage(), end="")
        return 0
    if name in ("-V", "--version"):
        print(f"foretype {__version__}")
        return 0
    if name not in COMMANDS:
        problem = f"there is no command '{name}'" if name else "a command is missing"
        print(f"foretype: {problem}\n\n{usage()}", end="", file=sys.stderr)
        return 2
    return int(importlib.import_module(COMMANDS[name].module).run(arguments[1:]))
