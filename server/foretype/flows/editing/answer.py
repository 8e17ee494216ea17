"""The code in a model's answer, or the reason why it is not taken: an answer in doubt changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.backends.delta import Finish
from foretype.errors import EditRefusedError
from foretype.flows.editing.refusals import refuse_what_is_not_code
from foretype.stream.fence import MARKDOWN_NAMES, fence_in
from foretype.stream.filters import kept
from foretype.stream.prose import is_about_code, is_explanation, is_preamble
from foretype.stream.syntax import is_prose
from foretype.stream.thinking import ThoughtFilter

REMOVES = re.compile(r"\b(?:delete|remove|drop|clear|erase|empty|get rid of)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?:\*\*|#+ |I |I'm |[A-Z][\w'’]*,? )[^={}();]*[.:!?]\W*$")
WORDS_OF_SENTENCE = 4
# What a model says of itself or of what it did, where code was wanted; no code in it.
REPLY = re.compile(
    r"(?:I(?:['’]\w+)? \w+|(?:Sorry|Unfortunately|Sure|Okay|OK|Done|Yes|No)\b(?:[.,!:]|$))[^={}();\[\]]*$"
)
LEAST_ECHO = 10
LEAST_REST = 4


@dataclass(frozen=True)
class Asked:
    """What an answer is held against: the part that was shown, and what stood around it."""

    instruction: str
    language: str
    part: str
    before: str = ""
    after: str = ""


def code_in(answer: str, finish: Finish | None, asked: Asked) -> str:
    """The new text of the part; an empty one only where it was asked for."""
    if finish is Finish.LENGTH:
        raise EditRefusedError(
            "The model's answer was cut off at its longest, so nothing was changed; select less."
        )
    if finish is Finish.FILTERED:
        raise EditRefusedError("The model's provider filtered the answer, so nothing was changed.")
    if finish is Finish.TOOL:
        raise EditRefusedError("The model called a tool in place of writing text; nothing was changed.")
    text = without_thoughts(answer.replace("\r\n", "\n").replace("\r", "\n"), asked)
    block = outer_block(text.split("\n"), is_prose(asked.language))
    code = unfenced(text, asked) if block is None else "\n".join(block)
    code = without_rest_of_line(without_echo(without_marks(code, asked), asked), asked)
    if not code.strip() and asked.part.strip() and not REMOVES.search(asked.instruction):
        raise EditRefusedError("The model answered with nothing, so nothing was changed.")
    refuse_what_is_not_code(code, asked.part, asked.language)
    return code


def without_thoughts(text: str, asked: Asked) -> str:
    text = kept(text, ThoughtFilter())
    thoughts, closing, rest = text.rpartition("</think>")
    return rest if closing and "```" not in thoughts and "</think>" not in asked.part else text


def so_far(answer: str) -> str | None:
    """The code in an answer that is still arriving, to be looked at; None before it has begun."""
    lines = kept(answer, ThoughtFilter()).split("\n")
    first = next((at for at, line in enumerate(lines) if fence_in(line)), None)
    if first is None:
        return None
    inside = lines[first + 1 :]
    if inside and inside[-1].lstrip()[:1] in ("`", "~"):
        inside.pop()
    return "\n".join(inside)


def outer_block(lines: list[str], in_prose: bool) -> list[str] | None:
    """The lines of the outermost block of an answer, with whatever fences stand in it; None where none is."""
    fences = [(at, found) for at, line in enumerate(lines) if (found := fence_in(line))]
    if not fences:
        return None
    first, opening = fences[0]
    if in_prose and not wraps(lines[:first], opening):
        return None
    mark = opening[1]
    inner = [(at, found) for at, found in fences[1:] if found[1].startswith(mark)]
    end, rest = closing(inner)
    if end is None:
        return undented(lines[first + 1 :], opening)
    body = lines[first + 1 : end]
    if any(len(other) > len(body) for other in blocks(lines, rest)):
        raise EditRefusedError("The model answered with several blocks of code, so nothing was changed.")
    return undented(body, opening)


def wraps(before: list[str], opening: re.Match[str]) -> bool:
    """Whether a fence in an answer about prose is around the whole answer, and no part of the text."""
    is_first = not any(line.strip() for line in before)
    names = opening[2].lower() in MARKDOWN_NAMES or len(opening[1]) > 3
    introduced = all(not line.strip() or is_preamble(line) for line in before)
    return (is_first and (names or not opening[2])) or (introduced and names)


Fences = list[tuple[int, "re.Match[str]"]]


def closing(inner: Fences) -> tuple[int | None, Fences]:
    """Where the first block ends, and the fences after that.

    A fence that names a language opens a block; a bare one closes one. Where a bare one follows the end,
    the block held bare fences itself, and goes on to the last.
    """
    depth = 0
    for index, (at, found) in enumerate(inner):
        if found[2]:
            depth += 1
        elif depth:
            depth -= 1
        else:
            rest = inner[index + 1 :]
            if len(rest) >= 2 and not rest[0][1][2] and not rest[-1][1][2] and len(rest) % 2 == 0:
                return rest[-1][0], []
            return at, rest
    return None, []


def blocks(lines: list[str], fences: Fences) -> list[list[str]]:
    """What stands between each fence that opens and the next one."""
    places = [at for at, _ in fences] + [len(lines)]
    return [lines[start + 1 : end] for start, end in zip(places[::2], places[1::2], strict=False)]


def undented(body: list[str], opening: re.Match[str]) -> list[str]:
    """Without the indentation of the fence itself, where every line has it."""
    indent = opening[0][: len(opening[0]) - len(opening[0].lstrip())]
    if indent and all(line.startswith(indent) or not line.strip() for line in body):
        return [line.removeprefix(indent) for line in body]
    return body


def unfenced(text: str, asked: Asked) -> str:
    """An answer without a fence is code, unless it speaks."""
    lines = text.strip("\n").split("\n")
    while lines and (is_preamble(lines[0]) and (is_about_code(lines[0]) or not is_prose(asked.language))):
        lines.pop(0)
    code = "\n".join(lines).strip("\n")
    if not is_prose(asked.language) and speaks(code):
        said = " ".join(code.split())[:120]
        raise EditRefusedError(f"The model answered in words, so nothing was changed: {said}")
    return code


def speaks(code: str) -> bool:
    """Whether a text begins or ends as sentences do."""
    lines = [line.strip() for line in code.split("\n") if line.strip()]
    ends = {lines[0], lines[-1]} if lines else set()
    return any(
        is_explanation(line)
        or REPLY.match(line) is not None
        or (SENTENCE.match(line) is not None and len(line.split(None, WORDS_OF_SENTENCE)) > WORDS_OF_SENTENCE)
        for line in ends
    )


def without_marks(code: str, asked: Asked) -> str:
    """Without the marks around the part, should the model have copied them."""
    marks = re.compile(r"^[ \t]*\[\[PART(?: \d+)? (?:BEGINS|ENDS)\]\][ \t]*\n?", re.MULTILINE)
    return code if marks.search(asked.part) else marks.sub("", code)


def without_echo(code: str, asked: Asked) -> str:
    """Without lines around the part that the model wrote once more."""
    lines, part = code.split("\n"), stripped(asked.part.split("\n"))
    above, below = stripped(asked.before.split("\n")), stripped(asked.after.split("\n"))
    kept_lines = stripped(lines)
    head = longest_echo(kept_lines, above[::-1], part)
    tail = longest_echo(kept_lines[::-1], below, part[::-1])
    return "\n".join(lines[head : len(lines) - tail]) if head + tail < len(lines) else code


def without_rest_of_line(code: str, asked: Asked) -> str:
    """Of a part of a line, without what stands before and after it on that line."""
    before, after = asked.before.rpartition("\n")[2].strip(), asked.after.partition("\n")[0].strip()
    text, part = code.strip(), asked.part.strip()
    if len(before + after) < LEAST_REST or not (text.startswith(before) and text.endswith(after)):
        return code
    is_new = not (before and part.startswith(before)) and not (after and part.endswith(after))
    if not is_new or len(text) < len(before + after):
        return code
    return text[len(before) : len(text) - len(after)].strip()


def longest_echo(lines: list[str], near: list[str], part: list[str]) -> int:
    """How many lines at an end repeat those beside the part; `near` goes away from the part."""
    near = [line for line in near if line]
    for count in range(min(len(lines), len(near), 40), 0, -1):
        theirs = lines[:count]
        is_echo = theirs == near[:count][::-1] and theirs != part[:count]
        if is_echo and sum(map(len, theirs)) >= LEAST_ECHO:
            return count
    return 0


def stripped(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines]
