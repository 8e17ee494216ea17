"""What an editor offers to do with code: one file of a few words each, and the user's own beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from foretype.config.settings import ActionSettings
from foretype.prompt.texts import FOLDER

FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
OWN_KIND = "refactor.rewrite.foretype"

Does = Literal["edit", "answer"]
Needs = Literal["code", "selection", "diagnostic", "todo", "change"]


@dataclass(frozen=True)
class Action:
    """One entry of the menu: what it is called, what it needs to be of use, and what it says to a model."""

    name: str
    title: str
    kind: str
    does: Does
    needs: Needs
    instruction: str


def actions(own: Mapping[str, ActionSettings]) -> dict[str, Action]:
    """All actions by name; a user's own takes the place of one that has its name."""
    return {**built_in(), **{name: own_action(name, action) for name, action in own.items()}}


@cache
def built_in() -> dict[str, Action]:
    files = sorted((FOLDER / "actions").glob("*.md"))
    read = (action_in(file.stem.partition("_")[2], file.read_text(encoding="utf-8")) for file in files)
    return {action.name: action for action in read}


def action_in(name: str, text: str) -> Action:
    found = FRONT.fullmatch(text)
    assert found is not None, f"{name} has no front matter"
    rows = dict(line.split(": ", 1) for line in found[1].splitlines())
    does: Does = "answer" if rows["does"] == "answer" else "edit"
    return Action(name, rows["title"], rows["kind"], does, need(rows["needs"]), found[2].strip())


def need(word: str) -> Needs:
    known: tuple[Needs, ...] = ("code", "selection", "diagnostic", "todo", "change")
    return next(each for each in known if each == word)


def own_action(name: str, action: ActionSettings) -> Action:
    """One of the user's own: it answers where its kind is a source action, and edits where it is not."""
    kind = action.kind or f"{OWN_KIND}.{name}"
    does: Does = "answer" if kind.split(".")[0] == "source" else "edit"
    return Action(name, action.title, kind, does, "code", action.prompt)
