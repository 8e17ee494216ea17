"""An answer that goes on says nothing twice at the place where it broke off."""

from __future__ import annotations

import pytest

from foretype.flows.chatting.seam import Seam


def joined(before: str, more: str, size: int) -> str:
    seam = Seam(before)
    pieces = [more[at : at + size] for at in range(0, len(more), size)]
    return before + "".join(map(seam.feed, pieces)) + seam.finish()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("before", "more", "whole"),
    [
        ("The quick brown", "brown fox", "The quick brown fox"),
        ("The quick brown", " brown fox", "The quick brown fox"),
        ("The quick brown ", " brown fox", "The quick brown fox"),
        ("The quick brown", "The quick brown fox", "The quick brown fox"),
        ("It calls load_ord", "load_orders once", "It calls load_orders once"),
        ("one\ntwo\n", "two\nthree", "one\ntwo\nthree"),
        ("one\ntwo\n", "\none\ntwo\nthree", "one\ntwo\nthree"),
        ("def f(x):\n    return x", "def f(x):\n    return x + 1", "def f(x):\n    return x + 1"),
        ("Fine", "Fine", "Fine"),
    ],
)
def test_what_is_repeated_is_cut(before: str, more: str, whole: str, size: int) -> None:
    assert joined(before, more, size) == whole


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("before", "more"),
    [
        ("", "Anything at all"),
        ("The quick brown", " fox"),
        ("and the", " theory of it"),
        ("x = [1, 1", ", 1, 1]"),
        ("ha", " ha"),
        ("    end\n", "  end\nend\n"),
        ("  }\n", "}\n"),
        ("It calls load_ord", "ers once"),
        ("Fine", "Fi"),
    ],
)
def test_what_goes_on_is_not(before: str, more: str, size: int) -> None:
    assert joined(before, more, size) == before + more
