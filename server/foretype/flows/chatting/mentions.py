"""What the user asks to send along, by name: `@selection`, `@file path`, `@open`, `@diagnostics`, `@diff`,
`@terminal`."""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = ("selection", "file", "open", "diagnostics", "diff", "terminal")
# Not inside a word, so that a mail address or a decorator with arguments is nobody's mention.
_MENTION = re.compile(r"(?<![\w@`.])@(selection|file|open|diagnostics|diff|terminal)\b")
_PATH = re.compile(r"""[ \t]+(?:"([^"\n]+)"|'([^'\n]+)'|`([^`\n]+)`|([^\s,;"'`]+))""")
_BELOW_TERMINAL = re.compile(r"@terminal\b[^\n]*\n(.+)", re.DOTALL)
_FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Mention:
    """One name, and the path behind `@file`; empty for the file that is being looked at.

    What stands below `@terminal` is what was pasted.
    """

    kind: str
    path: str = ""
    pasted: str = ""


def mentions_in(text: str) -> tuple[Mention, ...]:
    """Every thing that is named, once; what stands in a fenced block is quoted and names nothing."""
    bare = _FENCED.sub("", text)
    found: dict[Mention, None] = {}
    for match in _MENTION.finditer(bare):
        path = path_after(bare, match.end()) if match[1] == "file" else ""
        found[Mention(match[1], path, pasted_in(text) if match[1] == "terminal" else "")] = None
    return tuple(found)


def pasted_in(text: str) -> str:
    """What stands below `@terminal`: a fenced block if there is one, or else the rest."""
    below = _BELOW_TERMINAL.search(text)
    if below is None:
        return ""
    fenced = _FENCED.search(below[1])
    return fenced[0] if fenced else below[1].strip()


def path_after(text: str, place: int) -> str:
    """The path behind `@file`, in quotes where it has blanks; what ends the sentence is not part of it."""
    match = _PATH.match(text, place)
    path = next((group for group in match.groups() if group), "") if match else ""
    bare = path.rstrip(".?!:)")
    return (
        bare
        if match and match[4] and ("." in bare or "/" in bare)
        else path
        if match and not match[4]
        else ""
    )
