"""Asking for a part of a file to be rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.prompt.asked import Message
from foretype.prompt.budget import TokenCost, head_within, tail_within
from foretype.prompt.hole import on_one_line
from foretype.prompt.texts import text

BEFORE_TOKENS = 1500
AFTER_TOKENS = 750
LONGEST_INSTRUCTION = 8000
LEAST_ANSWER_TOKENS = 1024


@dataclass(frozen=True)
class Rewrite:
    """What is asked: the part and what stands around it, all with LF for line ends."""

    path: str
    language: str
    instruction: str
    part: str
    before: str = ""
    after: str = ""
    diagnostics: tuple[str, ...] = ()

    @property
    def answer_tokens(self) -> int:
        """Room enough for the part and for half as much again."""
        return LEAST_ANSWER_TOKENS + TokenCost().of(self.part) * 3 // 2


def messages_for(rewrite: Rewrite, system_text: str = "edit") -> tuple[Message, ...]:
    """The request under one of the texts that say what an answer looks like."""
    start, end = marks_for(rewrite)
    system = text(system_text).replace("{start}", start).replace("{end}", end)
    return (Message("system", system), Message("user", shown(rewrite, start, end)))


def shown(rewrite: Rewrite, start: str, end: str) -> str:
    """The request, and the file with the part marked; the request stands last, where models heed it most."""
    cost = TokenCost()
    language = f" ({rewrite.language})" if rewrite.language else ""
    before = tail_within(rewrite.before, BEFORE_TOKENS, cost)
    after = head_within(rewrite.after, AFTER_TOKENS, cost)
    problems = "".join(f"- {on_one_line(problem)[:500]}\n" for problem in rewrite.diagnostics)
    reported = f"\nReported about the part:\n{problems}" if problems else ""
    is_new = "" if rewrite.part.strip() else "\nThe part is empty: write what is to be inserted there.\n"
    return (
        f"File: {on_one_line(rewrite.path)}{language}\n{before}{start}\n{rewrite.part}\n{end}{after}\n"
        f"{reported}{is_new}\nRequest: {rewrite.instruction[:LONGEST_INSTRUCTION]}"
    )


def marks_for(rewrite: Rewrite) -> tuple[str, str]:
    """Two marks that nothing of the file holds."""
    number = 1
    everything = rewrite.before + rewrite.part + rewrite.after
    while (mark := "[[PART" if number == 1 else f"[[PART {number}") in everything:
        number += 1
    return f"{mark} BEGINS]]", f"{mark} ENDS]]"
