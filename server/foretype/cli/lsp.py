"""`foretype lsp`: the language server, on stdio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

ROLES = ("complete", "edit", "chat", "embed", "next_edit")

EXAMPLE = """\
An editor starts this; by hand it waits for LSP messages on its standard input.

example, for Neovim 0.11 and newer:
    vim.lsp.config('foretype', { cmd = { 'foretype', 'lsp' }, flags = { debounce_text_changes = 0 } })
    vim.lsp.enable('foretype')
"""


@dataclass(frozen=True)
class Options:
    log_file: Path | None = None
    log_level: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)


def run(arguments: Sequence[str]) -> int:
    from foretype.process import serve_stdio

    options = parse(arguments) if arguments else Options()
    serve_stdio(log_file=options.log_file, log_level=options.log_level, models=options.models)


def parse(arguments: Sequence[str]) -> Options:
    import argparse  # an editor gives no arguments, and does not wait for this

    parser = argparse.ArgumentParser(
        prog="foretype lsp",
        description="The language server, on stdio.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stdio", action="store_true", help="the only way there is; for clients that insist")
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="keep a log there, rotated at 5 MB")
    parser.add_argument("--log-level", choices=["error", "warning", "info", "debug", "trace"])
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="ROLE=MODEL",
        help="the one model of a role, in place of the settings' own; repeatable",
    )
    parser.add_argument("--clientProcessId", type=int, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    models = dict(chosen(parser, written) for written in found.model)
    return Options(found.log_file, found.log_level, models)


def chosen(parser: argparse.ArgumentParser, written: str) -> tuple[str, str]:
    role, _, model = written.partition("=")
    if role not in ROLES or not model:
        parser.error(f"--model {written}: it is ROLE=MODEL, and a role is one of {', '.join(ROLES)}")
    return role, model
