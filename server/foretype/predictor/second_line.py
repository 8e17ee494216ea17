"""The line after the one that is completed, for when it is as sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.predictor.buffer import indentation_of, line_start
from foretype.predictor.search import Continuation, Effort, continuations
from foretype.predictor.traits import Place, traits

if TYPE_CHECKING:
    from foretype.predictor.buffer import Buffer
    from foretype.predictor.confidence import Confidence
    from foretype.predictor.query import Query
    from foretype.predictor.vocabulary import Vocabulary

LINES_FOR_INDENTATION = 200
LEVEL, DEEPER = line_start(0, 0, after_blank_line=False), line_start(1, 0, after_blank_line=False)


@dataclass(frozen=True)
class SecondLine:
    """A whole line with its indentation, and how likely it follows if the first one is right."""

    text: str
    probability: float


def second_line(
    query: Query,
    first: Continuation,
    completed: str,
    vocabulary: Vocabulary,
    confidence: Confidence,
    effort: Effort,
    started: float,
) -> SecondLine | None:
    """The likeliest line after a completed one, where nothing stands in its way."""
    lines, below = query.buffer.lines, query.line + 1
    if below < len(lines) and lines[below].strip():
        return None
    start = next(iter(query.line_starts(first.guesses)), None)
    indentation = start and indentation_after(query.buffer, query.line, completed, chr(start.piece >> 8))
    if start is None or indentation is None:
        return None
    path = (*first.guesses, start)
    found = continuations(
        query.following(path), lambda further: query.following((*path, *further)), effort, started
    )
    place = Place(indentation, "", completed, query.buffer.near(query.line, 1))
    best = None
    for rank, continuation in enumerate(found):
        text = "".join(map(vocabulary.text_of, continuation.pieces))
        probability = start.probability * confidence.of(traits(place, text, rank, found))
        if text and (best is None or probability > best.probability):
            best = SecondLine(indentation + text, probability)
    return best


def indentation_after(buffer: Buffer, line: int, completed: str, start: str) -> str | None:
    """The white space of a line that begins so, if there is only one way to write it."""
    same = completed[: indentation_of(completed)]
    if start == LEVEL:
        return same
    if start != DEEPER:
        return None
    for at in range(line - 1, max(0, line - LINES_FOR_INDENTATION), -1):
        if buffer.words[at][:1] == DEEPER and buffer.words[at - 1]:
            above, deeper = buffer.lines[at - 1], buffer.lines[at]
            return same + deeper[indentation_of(above) : indentation_of(deeper)]
    return None
