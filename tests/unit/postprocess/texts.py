"""Texts as models write them, for the property tests: pieces of code and of everything that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from golden.reading import cursor_in

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

PIECES = (
    "return x", "foo(", ")", "))", "]", "}", "{", "});", '"', "'", "`", " ", "  ", "\t", "\n", "\n\n", "\r\n",
    "\n    ", "\n\t", "if x:", "else:", "} else {", "end", "</div>", "<li>", "# note", "// note", "#", "//",
    "/*", "*/", "```", "```python\n", "\n```\n", "<think>", "</think>", "<|endoftext|>", "<|fim_middle|>",
    "<|fim", "Here is the code:\n", "This function adds one.", "diff --git a/x b/x\n",
    "\\", "value = compute(a, b);", "value = compute(a, b);\n    ", "0, ", ",", ";", ".", "é", "😀",
    "\ufe0f", "\u200b", "\x00", '"""', "<", ">", "name", "    total += 1", "def f(x):", "function f() {",
    "    return total", "\n    return total\n", "(item) => {\n  run(item);\n})", "(x) {\n  return x;\n}",
)  # fmt: skip
DOCUMENTS = (
    ("python", "def f(x):\n    █\n    return total\n"),
    ("python", "value = compute(█)\n"),
    ("python", "def f(x):█"),
    ("python", 'def f():\n    """Says\n    █\n    """'),
    ("typescript", "function f() {█}"),
    ("typescript", 'const s = "█";\n'),
    ("typescript", "items.map((x) => {\n  █\n});\n"),
    ("typescript", "items.forEach(█)"),
    ("typescript", "list.sort(by(█));"),
    ("go", "func f() {\n\tvalue := 1\n\t█\n}\n"),
    ("rust", "fn f<'a>(x: &'a str) -> Vec<█> {\n    x\n}\n"),
    ("c", "int main(void) {\n    value = compute(a, b);\n    █\n}\n"),
    ("java", "    list.add(new Item(█));"),
    ("html", "<div>\n  <li>█</li>\n</div>"),
    ("ruby", "def f\n  █\nend"),
    ("markdown", "# Title\n\n- item\n- █\n"),
    ("nobody-knows", "begin █"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@st.composite
def cursors(draw: st.DrawFn) -> Cursor:
    language, document = draw(st.sampled_from(DOCUMENTS))
    cursor = cursor_in(document, language, draw(st.sampled_from(("\n", "\r\n"))))
    return replace(cursor, multiline=draw(st.booleans()))


def visible(text: str) -> list[str]:
    return [character for character in text if not character.isspace()]


def is_part_of(some: str, whole: str) -> bool:
    """Whether the visible characters of one text stand in another, in order."""
    characters = iter(visible(whole))
    return all(character in characters for character in visible(some))
