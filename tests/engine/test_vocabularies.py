"""What a file is, by its vocabulary: real ones of three families, and a small one made as Code Llama's is."""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from foretype.prompt.chat_families import chat_family_for, words_of_all
from foretype.prompt.file_family import all_template_words, family_of_file
from foretype.prompt.hole import Hole
from foretype.prompt.pieces import pieces_of

from engine.made_models import code_llama_vocabulary

VOCABULARIES = Path(__file__).parents[1] / "model" / "vocabularies"
CODE = "def f(a):\n    return a  # \u263a <fim_middle> <PRE>\n"
# A file without weights is loaded as one that has none to load; all else is the engine's own code.
LOOK = """
import json, sys
from pathlib import Path
import llama_cpp
from foretype.engine import llama

def words_alone(path, *_):
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    return llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)

log = llama.begin()
llama.loaded = words_alone
model = llama.Model(Path(sys.argv[1]), 0, log)
words, code = json.loads(sys.argv[2])
facts = model.facts()
tokens = model.tokens_of(code)
print(json.dumps({
    "name": facts.name,
    "fill_words": facts.fill_words,
    "words": [word for word in words if model.control_token(word) is not None],
    "bos": [model.text_of(token) for token in model.bos],
    "spelled": b"".join(map(model.bytes_of, tokens)).decode(),
    "controls": [model.text_of(token) for token in tokens if model.is_control(token)],
}))
"""


def looked_at(file: Path) -> dict[str, Any]:
    words = [*words_of_all(), *all_template_words()]
    arguments = [str(file), json.dumps([words, CODE])]
    done = subprocess.run([sys.executable, "-c", LOOK, *arguments], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def unpacked(name: str, folder: Path) -> Path:
    file = folder / f"{name}.gguf"
    file.write_bytes(lzma.decompress((VOCABULARIES / f"{name}.gguf.xz").read_bytes()))
    return file


def code_llama(folder: Path) -> Path:
    return code_llama_vocabulary(folder / "codellama-7b.Q4_K_M.gguf")


def family_in(file: Path, found: dict[str, Any]) -> Any:
    fill = tuple(found["fill_words"]) if found["fill_words"] else None
    return family_of_file((file.name, found["name"]), found["words"], fill)


def test_starcoder_fills_holes_by_its_own_template(tmp_path: Path) -> None:
    file = unpacked("starcoder", tmp_path)
    found = looked_at(file)
    family = family_in(file, found)
    assert family.name == "starcoder"
    laid_out = [piece.text for piece in pieces_of(family, Hole("a", "b"))]
    assert laid_out == ["<fim_prefix>", "a", "<fim_suffix>", "b", "<fim_middle>"]
    assert chat_family_for(found["words"]) is None


def test_deepseek_coder_is_known_by_its_words_where_its_name_says_too_little(tmp_path: Path) -> None:
    """The file names no size and no base model, so its vocabulary is taken at its word."""
    file = unpacked("deepseek-coder", tmp_path)
    found = looked_at(file)
    by_words, by_name = family_in(file, found), family_in(tmp_path / "deepseek-coder-6.7b-base.gguf", found)
    assert by_name.name == "deepseek-coder"
    assert pieces_of(by_words, Hole("a", "b")) == pieces_of(by_name, Hole("a", "b"))
    assert found["bos"] == ["<\uff5cbegin\u2581of\u2581sentence\uff5c>"]


def test_phi_3_converses_and_fills_nothing(tmp_path: Path) -> None:
    file = unpacked("phi-3", tmp_path)
    found = looked_at(file)
    assert family_in(file, found) is None
    family = chat_family_for(found["words"])
    assert family is not None
    assert (family.name, found["bos"]) == ("phi-3", ["<s>"])


def test_code_llama_s_words_are_found_with_the_blank_that_stands_before_them(tmp_path: Path) -> None:
    file = code_llama(tmp_path)
    found = looked_at(file)
    family = family_in(file, found)
    assert family.name == "codellama"
    assert {"<PRE>", "<SUF>", "<MID>"} <= set(found["words"])
    assert found["bos"] == ["<s>"]


@pytest.mark.parametrize("name", ["starcoder", "deepseek-coder", "phi-3", ""])
def test_what_the_user_wrote_is_spelled_out_in_every_vocabulary(name: str, tmp_path: Path) -> None:
    """No blank is put before it, no control word is read in it, and nothing of it is lost."""
    found = looked_at(unpacked(name, tmp_path) if name else code_llama(tmp_path))
    assert (found["spelled"], found["controls"]) == (CODE, [])
