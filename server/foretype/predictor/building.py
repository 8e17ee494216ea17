"""A segment made from files: their tokens counted, numbered in sorted order, and every place sorted."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from foretype.predictor.buffer import Buffer
from foretype.predictor.segment import SORTED_TOKENS, Segment, WordList
from foretype.predictor.vocabulary import FILE_BREAK, FIRST_WORD, Vocabulary


class SourceFile(NamedTuple):
    """A file to learn from."""

    path: str
    family: str
    text: str


def build(files: Iterable[SourceFile]) -> Segment:
    """The segment of some files, which may come in any order."""
    vocabulary = Vocabulary()
    encoded = sorted(_encode(file, vocabulary) for file in files)
    words, rank = _in_sorted_order(vocabulary)
    backwards = "".join([words for _, words, _ in encoded])[::-1].translate(rank)
    places, heads = _sorted_places(backwards, len(words))
    text = [word.encode("utf-8", "surrogatepass") for word in words]
    return Segment(
        backwards=_big_endian(backwards),
        gaps=b"".join([gaps for _, _, gaps in encoded])[::-1],
        places=places,
        heads=heads,
        words=WordList(b"".join(text), array("I", accumulate(map(len, text), initial=0))),
        gap_texts=list(vocabulary.gaps),
        file_ends=array("I", accumulate((len(words) for _, words, _ in encoded), initial=0)),
        paths=[path for path, _, _ in encoded],
    )


def _encode(file: SourceFile, vocabulary: Vocabulary) -> tuple[str, str, bytes]:
    buffer = Buffer(file.path, file.family, file.text.splitlines(), vocabulary)
    return file.path, "".join(buffer.words) + chr(FILE_BREAK), b"".join(buffer.gaps) + b"\0"


def _in_sorted_order(vocabulary: Vocabulary) -> tuple[list[str], dict[int, int]]:
    words = sorted(vocabulary.words[FIRST_WORD:])
    rank = {word: at for at, word in enumerate(words, FIRST_WORD)}
    seen = enumerate(vocabulary.words[FIRST_WORD:], FIRST_WORD)
    return words, {number: rank[word] for number, word in seen}


def _big_endian(text: str) -> bytes:
    numbers = array(
        "I", text.encode("utf-32-le" if sys.byteorder == "little" else "utf-32-be", "surrogatepass")
    )
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers.tobytes()


def _sorted_places(backwards: str, words: int) -> tuple[array[int], array[int]]:
    """Every place sorted by its token and those before it, and where each token's places begin."""
    buckets: dict[str, array[int]] = {}
    for place, token in enumerate(backwards):
        bucket = buckets.get(token)
        if bucket is None:
            bucket = buckets[token] = array("I")
        bucket.append(place)
    places = array("I")
    heads = array("I")
    for number in range(FIRST_WORD + words):
        heads.append(len(places))
        bucket = buckets.pop(chr(number), None)
        if bucket is not None:
            places.extend(sorted(bucket, key=lambda place: backwards[place : place + SORTED_TOKENS]))
    heads.append(len(places))
    return places, heads
