"""The configuration texts, with the server's command written as each language writes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

CONFIGS = Path(__file__).with_name("configs")
PLUGIN = Path(__file__).with_name("neovim")
VIM_PLUGIN = Path(__file__).with_name("vim")
# `foretype.chat` opens a Markdown file, in which editors ask the servers of that language only.
LANGUAGE_OF_CHATS = "markdown"


def configuration(name: str, **slots: str) -> str:
    return Template((CONFIGS / name).read_text(encoding="utf-8")).substitute(slots)


def quoted(word: str) -> str:
    """A word between double quotes: the same in Lua, TOML, Emacs Lisp, Vim script and JSON."""
    return json.dumps(word, ensure_ascii=False)


def listed(words: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, words))}]"


def lua_table(words: Sequence[str]) -> str:
    return f"{{ {', '.join(map(quoted, words))} }}"


def lisp_list(words: Sequence[str]) -> str:
    return " ".join(map(quoted, words))
