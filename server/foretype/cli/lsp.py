"""`foretype lsp`: the language server, on stdio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


def run(arguments: Sequence[str]) -> int:
    from foretype.process import serve_stdio

    options = parse(arguments) if arguments else Options()
    serve_stdio(log_file=options.log_file, log_level=options.log_level)


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
    parser.add_argument("--clientProcessId", type=int, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    return Options(found.log_file, found.log_level)
