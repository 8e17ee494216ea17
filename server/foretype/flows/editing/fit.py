"""A model's code as it belongs in the document: its indentation, its tabs or spaces."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.flows.editing.region import common_indent
from foretype.postprocess.fit_indentation import narrowest_step
from foretype.stream.indentation import leading_space


@dataclass(frozen=True)
class Shape:
    """How a region stood in its document: `indent` was taken off every line, `part` is what was left."""

    part: str
    indent: str = ""
    unit: str = "    "
    is_whole_lines: bool = True
    is_shown_as_it_is: bool = False


def dedented(text: str, indent: str) -> str:
    return "\n".join(line.removeprefix(indent) if line.strip() else "" for line in text.split("\n"))


def fit(code: str, shape: Shape) -> str:
    """The new text of a region, with LF for line ends."""
    if not shape.is_whole_lines:
        return code
    lines = without_blank_ends(code, shape.part)
    if is_one_style(shape):
        lines = in_style(lines, shape.unit)
    if shape.is_shown_as_it_is or not any(line.strip() for line in lines):
        return "\n".join(lines)
    shift = indent_to_add(lines, shape)
    first_too = shift or lines[0] == lines[0].lstrip()
    lines = at_its_depth(lines, shape) if first_too else lines
    return "\n".join(lines)


def without_blank_ends(code: str, part: str) -> list[str]:
    """The lines without empty ones around them, but for those that stood there before."""
    lines = [line.rstrip() if not line.strip() else line for line in code.split("\n")]
    wanted = part.split("\n")
    while lines and not lines[0] and wanted[0]:
        lines.pop(0)
    while lines and not lines[-1] and wanted[-1]:
        lines.pop()
    return lines or [""]


def is_one_style(shape: Shape) -> bool:
    """Whether the region itself keeps to the document's style."""
    other = "  " if shape.unit == "\t" else "\t"
    return not any(other in leading_space(line) for line in (shape.indent + shape.part).split("\n"))


def in_style(lines: list[str], unit: str) -> list[str]:
    """The lines with the document's tabs or spaces."""
    if unit != "\t":
        return [leading_space(line).replace("\t", unit) + line.lstrip(" \t") for line in lines]
    step = narrowest_step(lines)
    return [with_tabs(line, step) for line in lines]


def with_tabs(line: str, step: int) -> str:
    space = leading_space(line)
    if "\t" in space or len(space) < step:
        return line
    return "\t" * (len(space) // step) + " " * (len(space) % step) + line[len(space) :]


def indent_to_add(lines: list[str], shape: Shape) -> str:
    """The region's indentation, unless every line was written with it after all."""
    written = common_indent(lines)
    return "" if shape.indent and written.startswith(shape.indent) else shape.indent


def at_its_depth(lines: list[str], shape: Shape) -> list[str]:
    """The lines at the region's depth; some models leave only the first line at the margin."""
    rest = [line for line in lines[1:] if line.strip()]
    before = [line for line in shape.part.split("\n")[1:] if line.strip()]
    hangs = shape.indent and rest and before and lines[0] == lines[0].lstrip()
    is_open = lines[0].rstrip().endswith((":", "{", "(", "[")) and not common_indent(before)
    if hangs and not is_open and common_indent(rest) == shape.indent + common_indent(before):
        return [shape.indent + lines[0], *lines[1:]]
    return [shape.indent + line if line.strip() else line for line in lines]
