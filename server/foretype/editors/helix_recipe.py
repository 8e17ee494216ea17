"""Helix: the server beside each language's own ones, and a key for edits, as far as the version has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretype.editors.recipe import File, Machine, Recipe
from foretype.editors.texts import LANGUAGE_OF_CHATS, configuration, listed, quoted
from foretype.editors.version import Found, found, told

SERVER_LINE = re.compile(r"^\s+[✓✘]\s+([\w.-]+)(?::|$)")
# Helix 25.01 says the program where later ones say the name that a configuration uses.
NAMED_BY_PROGRAM = {"jedi-language-server": "jedi", "golangci-lint-langserver": "golangci-lint-lsp"}
HAS_COMMAND_ARGUMENTS = (25, 7)


def helix(machine: Machine) -> Recipe:
    editor = found(machine, "hx", "helix")
    folder = machine.configuration / "helix"
    if machine.is_windows:
        folder = machine.folder("APPDATA", "AppData", "Roaming") / "helix"
    served = dict.fromkeys((*machine.languages, LANGUAGE_OF_CHATS))
    tables = [server(machine), *(language(machine, editor, name) for name in served)]
    verify = (editor.program, "--health", machine.languages[0]) if editor else ()
    return Recipe(
        "helix",
        told(editor, "Helix"),
        (
            File(folder / "languages.toml", "\n".join(tables), "block"),
            File(folder / "config.toml", keys(machine, editor), "block"),
        ),
        notes=tuple(notes(machine)),
        verify=verify,
        proof=("✓", "foretype"),
    )


def notes(machine: Machine) -> Iterator[str]:
    yield (
        f"Helix asks the servers that its languages name: this is for {', '.join(machine.languages)}; "
        "--language NAME names others."
    )
    yield "C-k asks for an edit of the selection; a comment `# !what to do` and Space a do the same."


def server(machine: Machine) -> str:
    program, *arguments = (*machine.command, "lsp")
    return configuration("helix-server.toml", program=quoted(program), arguments=listed(arguments))


def language(machine: Machine, editor: Found | None, name: str) -> str:
    """The language's own servers are named as well: a list of ours alone would turn them off."""
    servers = [*own_servers(machine, editor, name), "foretype"]
    return f"[[language]]\nname = {quoted(name)}\nlanguage-servers = {listed(servers)}\n"


def own_servers(machine: Machine, editor: Found | None, name: str) -> list[str]:
    if editor is None:
        return []
    said = machine.run((editor.program, "--health", name))
    servers = (match[1] for line in said.splitlines() if (match := SERVER_LINE.match(line)))
    return [NAMED_BY_PROGRAM.get(each, each) for each in servers if each != "foretype"]


def keys(machine: Machine, editor: Found | None) -> str:
    pipe = " ".join((*machine.command, "edit"))
    if editor is None or editor.version >= HAS_COMMAND_ARGUMENTS:
        return configuration("helix-keys.toml", pipe=pipe)
    return configuration("helix-keys-25.01.toml", pipe=pipe)
