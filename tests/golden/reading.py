"""Reads the golden cases: a document with `█` for the cursor, what a model wrote there, what comes of it.

A file holds the cases of one rule in one language, each in this shape:

    ▶ what the case is about
    ▷ document
    print(█)
    ▷ model
    "hello")
    ▷ shown
    print("hello")

`shown` holds the whole lines that the suggestion touched, after it was accepted; `▷ nothing` says that there
is no suggestion; `▷ passed` holds the text that a stream stage handed on. `⟦200B⟧` is a code point that one
would not see. `▷ model, many lines` and `▷ model, one line` overrule the mode that the document asks for;
`▷ model of </s>` names tokens of the model's family; `▷ document, crlf` is a document with such line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from foretype.postprocess.suggestion import Suggestion
from foretype.stream.cursor import Cursor, cursor_at
from foretype.stream.mode import wants_many_lines

HERE = Path(__file__).parent
HIDDEN = re.compile(r"⟦([0-9A-F]+)⟧")


@dataclass(frozen=True)
class Case:
    rule: str
    language: str
    title: str
    cursor: Cursor
    model: str
    expected: str | None

    def __str__(self) -> str:
        return f"{self.rule}/{self.language}: {self.title}"

    @property
    def untouched(self) -> bool:
        """Whether the case says that the model's text is shown, or passed on, as it came."""
        unchanged = accepted(Suggestion(self.model), self.cursor)
        return self.expected in (unchanged, self.model)


def cases_in(folder: str) -> list[Case]:
    files = sorted((HERE / folder).glob("*/*.txt"))
    return [case for file in files for case in cases_of(file)]


def cases_of(file: Path) -> Iterator[Case]:
    text = file.read_text(encoding="utf-8")
    for block in re.split(r"^▶ ", text, flags=re.MULTILINE)[1:]:
        title, _, body = block.partition("\n")
        parts = re.split(r"^▷ (.*)\n?", body.rstrip("\n") + "\n", flags=re.MULTILINE)[1:]
        yield case_of(file, title, dict(zip(parts[::2], parts[1::2], strict=True)))


def case_of(file: Path, title: str, sections: dict[str, str]) -> Case:
    named = {re.split(r"[ ,]", head)[0]: (head, revealed(body)) for head, body in sections.items()}
    document, model = named["document"], named.get("model", ("model", ""))
    cursor = cursor_in(document[1], file.stem, "\r\n" if "crlf" in document[0] else "\n")
    if " of " in model[0]:
        cursor = replace(cursor, model_tokens=tuple(model[0].partition(" of ")[2].split()))
    many = wants_many_lines(cursor)
    if "," in model[0]:
        many = "many lines" in model[0]
    expected = named.get("shown") or named.get("passed") or named.get("mode")
    return Case(
        file.parent.name,
        file.stem,
        title,
        replace(cursor, multiline=many),
        model[1],
        expected[1] if expected else None,
    )


def revealed(body: str) -> str:
    return HIDDEN.sub(lambda match: chr(int(match.group(1), 16)), body.removesuffix("\n"))


def cursor_in(document: str, language: str, eol: str = "\n") -> Cursor:
    """The cursor where the document says `█`."""
    lines = document.split("\n")
    line = next(number for number, text in enumerate(lines) if "█" in text)
    column = lines[line].index("█")
    lines[line] = lines[line].replace("█", "")
    return cursor_at(lines, line, column, language, eol)


def accepted(suggestion: Suggestion | None, cursor: Cursor) -> str | None:
    """The lines that a suggestion touches, once it is accepted."""
    if suggestion is None:
        return None
    return cursor.before + suggestion.text + cursor.after[suggestion.replace_after :]
