"""Reads the golden edits: a document and what is selected, what is asked, an answer, what comes of it.

    ▶ what the case is about
    ▷ document
    ❰print(1)❱
    ▷ asked
    print two
    ▷ model
    ```
    print(2)
    ```
    ▷ result
    print(2)

`❰` and `❱` stand around the selection, `█` where there is only a cursor. `▷ refused` stands in the place of
`▷ result` where nothing may change, with words of the reason. `▷ document, crlf` has such line ends;
`▷ document, no final newline` ends with its last line; `▷ model, length` was cut off. `▷ neovim, which …` is
what becomes of the document in that editor, and why it is something else there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "edits"
EDITORS = ("neovim", "helix")
START, END, CURSOR = "❰", "❱", "█"


@dataclass(frozen=True)
class EditCase:
    language: str
    title: str
    text: str
    """The document, with LF for line ends."""
    start: int
    end: int
    asked: str
    model: str
    was_cut_off: bool
    result: str | None
    refused: str
    is_crlf: bool
    otherwise: Mapping[str, str]
    """The result in an editor that cannot hold such a text, by the editor's name."""

    @property
    def before(self) -> str:
        """The document with its own line ends."""
        return with_line_ends(self.text, self.is_crlf)

    @property
    def after(self) -> str:
        """What is to become of the document, with its own line ends."""
        return self.before if self.result is None else with_line_ends(self.result, self.is_crlf)

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"


def long_case() -> EditCase:
    """Three changes far apart, in a file of two thousand lines that is selected as a whole."""
    lines = [f"value_{number} = {number}" for number in range(2000)]
    new = [line.replace("= 1000", "= -1") for line in lines]
    del new[1500]
    new.insert(3, "# three")
    return EditCase(
        language="python",
        title="a file of two thousand lines",
        text="\n".join(lines) + "\n",
        start=0,
        end=len("\n".join(lines)),
        asked="several things",
        model="```python\n" + "\n".join(new) + "\n```",
        was_cut_off=False,
        result="\n".join(new) + "\n",
        refused="",
        is_crlf=False,
        otherwise={},
    )


def with_line_ends(text: str, is_crlf: bool) -> str:
    return text.replace("\n", "\r\n") if is_crlf else text


def edit_cases() -> list[EditCase]:
    return [case for file in sorted(HERE.glob("*.txt")) for case in cases_of(file)]


def cases_of(file: Path) -> Iterator[EditCase]:
    for block in re.split(r"^▶ ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, *parts = re.split(r"^▷ ", block, flags=re.MULTILINE)
        sections = {head: body for head, _, body in (part.partition("\n") for part in parts)}
        (document,) = (head for head in sections if head.startswith("document"))
        (model,) = (head for head in sections if head.startswith("model"))
        text, without_end = sections[document], "no final newline" in document
        result = sections.get("result")
        # The blank line before the next case belongs to neither.
        result = None if result is None else result.removesuffix("\n") if last_but(block, file) else result
        if without_end:
            text = text.removesuffix("\n")
            result = None if result is None else result.removesuffix("\n")
        yield case_of(file.stem, title.strip(), text, sections, model, result, "crlf" in document)


def last_but(block: str, file: Path) -> bool:
    return not file.read_text(encoding="utf-8").endswith(block) and block.endswith("\n\n")


def case_of(
    language: str,
    title: str,
    text: str,
    sections: dict[str, str],
    model: str,
    result: str | None,
    is_crlf: bool,
) -> EditCase:
    start = end = text.find(CURSOR)
    if start < 0:
        start = text.index(START)
        end = text.index(END) - 1
    return EditCase(
        language=language,
        title=title,
        text=re.sub(f"[{START}{END}{CURSOR}]", "", text),
        start=start,
        end=end,
        asked=sections["asked"].strip(),
        model=sections[model].removesuffix("\n"),
        was_cut_off="length" in model,
        result=result,
        refused=sections.get("refused", "").strip(),
        is_crlf=is_crlf,
        otherwise={
            name: sections[head].removesuffix("\n")
            for head in sections
            if (name := head.split(",")[0]) in EDITORS
        },
    )
