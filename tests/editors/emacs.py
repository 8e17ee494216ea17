"""A real Emacs on a screen, with the configuration of `foretype setup` for either of its two clients."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import EMACS, Editors, installed_too, locked, run
from editors.patience import until
from editors.terminal import HEIGHT, Terminal, terminal
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS

EGLOT, LSP_MODE = "emacs-eglot", "emacs-lsp-mode"
START = {
    EGLOT: """\
(require 'eglot)
(add-hook 'python-mode-hook #'eglot-ensure)
(setq eglot-autoshutdown t eglot-autoreconnect t eglot-ignored-server-capabilities '(:inlayHintProvider))
""",
    # Without the servers that lsp-mode knows itself, whose files take seconds to read.
    LSP_MODE: """\
(add-hook 'python-mode-hook #'lsp)
(setq lsp-auto-guess-root t lsp-client-packages nil lsp-enable-snippet nil lsp-restart 'auto-restart)
""",
}
PACKAGES = Path("usr", "share", "emacs", "site-lisp", "elpa-src")
# Of lsp-mode what every buffer has, and what that needs.
COMPILED = (
    *(f"{name}-[0-9]*/{name}.el" for name in ("dash", "f", "ht", "lv", "s", "spinner", "markdown-mode")),
    *(
        f"lsp-mode-*/lsp-{name}.el"
        for name in ("mode", "protocol", "completion", "diagnostics", "headerline", "icons",
                     "inline-completion", "lens", "modeline", "semantic-tokens")
    ),
)  # fmt: skip
# Native compilation runs another Emacs, which would look for its files where Debian puts them.
AS_IT_IS = "(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)"


def installed_emacs(editors: Editors) -> Path:
    program = installed_too(editors, "emacs", start)
    compile_packages(program)
    return program


def compile_packages(program: Path) -> None:
    """What Debian does where it installs them; lsp-mode is a third faster then."""
    packages = program.parent / PACKAGES
    files = [file for pattern in COMPILED for file in packages.glob(pattern)]
    with locked(program.parent.with_name(f"{program.parent.name}.lock")):
        missing = [file for file in files if not file.with_suffix(".elc").exists()]
        if missing:
            folders = (part for folder in packages.iterdir() for part in ("-L", folder))
            run([program, "-Q", "--batch", *folders, "-f", "batch-byte-compile", *missing])


def start(folder: Path) -> str:
    """Emacs looks for its own files where Debian would put them, unless it is told."""
    version = next((folder / "usr" / "share" / "emacs").glob("[0-9]*"))
    dump = next((folder / "usr" / "libexec" / "emacs").rglob("*.pdmp"))
    packages = folder / PACKAGES
    where = {
        "EMACSLOADPATH": version / "lisp",
        "EMACSDATA": version / "etc",
        "EMACSDOC": version / "etc",
        "EMACSPATH": dump.parent,
    }
    told = "".join(f"export {name}={shlex.quote(str(path))}\n" for name, path in where.items())
    lisp = f'(progn {AS_IT_IS} (setq package-directory-list (list "{packages}")))'
    command = shlex.join([str(folder / EMACS), f"--dump-file={dump}", "--eval", lisp])
    return f'{told}exec {command} "$@"\n'


@asynccontextmanager
async def emacs(
    editors: Editors, desk: Desk, file: Path, height: int = HEIGHT, client: str = EGLOT
) -> AsyncIterator[Terminal]:
    """Emacs on this file, once its server knows of it."""
    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: "")
    (text,) = (each.text for each in EDITORS[client](machine).files)
    init = desk.home / "init.el"
    init.write_text("(package-initialize)\n" + text + START[client])
    command: list[str | Path] = [installed_emacs(editors), "-Q", "-nw", "-l", init, file]
    async with terminal(editors.tmux, desk, command, height=height) as screen:
        await desk.wire.sent("textDocument/didOpen")
        await desk.wire.answered("initialize")
        yield screen


async def command(screen: Terminal, name: str) -> None:
    """Run a command of Emacs by its name."""
    await screen.press("M-x")
    await screen.type(name)
    await screen.press("Enter")


async def completed(screen: Terminal, entry: str, line: str) -> None:
    """Have eglot list this entry, and take it, which makes this line of what is typed.

    It is asked again: a model may need longer than it waits, and what the model wrote is remembered.
    """
    shown: list[str] = []

    def seen() -> str:
        return "\n".join([f"{entry!r} on this screen, and then the line {line!r}:", *shown])

    async def is_listed() -> bool:
        await screen.press("C-M-i")
        shown[:] = await screen.screen()
        return any(entry in row for row in shown)

    async def is_taken() -> bool:
        shown[:] = await screen.screen()
        return line in [row.strip() for row in shown]

    await until(is_listed, seen)
    await screen.press("M-Down", "M-Enter")
    await until(is_taken, seen)
