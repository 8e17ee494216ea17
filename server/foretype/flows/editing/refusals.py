"""What a model writes in place of code: blocks for tools, and comments for lines left out."""

from __future__ import annotations

import json
import re

from foretype.errors import EditRefusedError
from foretype.postprocess.hidden_unicode import HIDDEN, is_ligature

SEARCH = re.compile(r"^<{5,9}(?: .*)?$|^>{5,9}(?: .*)?$", re.MULTILINE)
PATCH = re.compile(r"^@@ .*@@|^\*\*\* (?:Begin|Update|Add|Delete) |^--- \S.*\n\+\+\+ \S", re.MULTILINE)
TOOL_KEYS = ("tool", "tool_calls", "function", "function_call", "tool_name", "arguments", "parameters")
TOOL_MARK = re.compile(r"</?(?:tool_call|function_call|function|invoke|tool_use)\b|\[TOOL_CALLS\]")
COMMENT = r"(?:#|//|/\*+|\*|--|<!--|;+|%|\"|'|\{/\*)"
DOTS = r"(?:\.{3}|…)"
LEFT_OUT = re.compile(
    rf"\s*{COMMENT}*\s*(?:{DOTS}|\[{DOTS}\])\s*(?:\(?.{{0,60}}\b(?:existing|rest|remaining|unchanged|same|previous|"
    rf"omitted|other|before|code|lines|as is)\b.{{0,60}})?\s*{DOTS}?\W*$"
    rf"|\s*{COMMENT}+\s*\W*\b(?:the )?(?:rest of|remaining|existing|other) .{{0,80}}"
    rf"\b(?:code|unchanged|same|here|stays?|remains?|omitted|lines|goes|methods?|functions?)\b\W*$"
    rf"|\s*{COMMENT}+\s*(?:\w+ ){{0,4}}(?:unchanged|omitted for brevity|same as (?:before|above))\W*$",
    re.IGNORECASE,
)
ONLY_DOTS = re.compile(rf"\s*{DOTS}\s*$")


def refuse_what_is_not_code(code: str, part: str, language: str) -> None:
    """Raises where an answer holds what the part did not, and what no one would want in it."""
    if SEARCH.search(code) and not SEARCH.search(part):
        raise refused("with blocks to search and replace, which are not looked up here")
    if PATCH.search(code) and not PATCH.search(part) and language != "diff":
        raise refused("with a patch, whose lines cannot be trusted")
    if is_tool_call(code, language) or (TOOL_MARK.search(code) and not TOOL_MARK.search(part)):
        raise refused("with a call of a tool, and it has none")
    if line := left_out_in(code, part):
        raise refused(f"with a comment in place of lines ({line.strip()[:60]})")
    if character := hidden_in(code, part):
        raise refused(f"with a character that nobody sees (U+{ord(character):04X})")


def refused(how: str) -> EditRefusedError:
    return EditRefusedError(f"The model answered {how}, so nothing was changed.")


def is_tool_call(code: str, language: str) -> bool:
    if language in ("json", "jsonc") or not code.lstrip().startswith(("{", "[")):
        return False
    try:
        value = json.loads(code)
    except (ValueError, RecursionError):
        return False
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and any(key in first for key in TOOL_KEYS)


def left_out_in(code: str, part: str) -> str:
    """A line that stands for lines which the model did not write."""
    known = {line.strip() for line in part.split("\n")}
    for line in code.split("\n"):
        is_new = line.strip() not in known
        if is_new and len(line) < 200 and LEFT_OUT.match(line) and not ONLY_DOTS.match(line):
            return line
    return ""


def hidden_in(code: str, part: str) -> str:
    if code.isascii():
        return ""
    found = (match for match in HIDDEN.finditer(code) if not is_ligature(code, match.start()))
    return next((match[0] for match in found if match[0] not in part), "")
