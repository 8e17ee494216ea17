"""Names that come from elsewhere: none of them leads out of the model folder, on any system."""

from __future__ import annotations

import ntpath
import posixpath

import pytest

from foretype.errors import ModelFileError
from foretype.models.file_names import is_repository_file, repository_file

HOSTILE = (
    "../b/c.gguf",
    "a/../c.gguf",
    "a/b/../c.gguf",
    "a/b/../../../c.gguf",
    "a/b/..",
    "a/b/./c.gguf",
    "/a/b/c.gguf",
    "//server/share/c.gguf",
    "a//b/c.gguf",
    "a/b/c.gguf/",
    "a\\b\\c.gguf",
    "a/b/..\\..\\c.gguf",
    "\\\\server\\share\\c.gguf",
    "C:/b/c.gguf",
    "a/b/C:c.gguf",
    "a/b/c.gguf:stream.gguf",
    "a/b/c\0.gguf",
    "a/b/c\n.gguf",
    "a/b/\x1b[2Jc.gguf",
    "a/b/c.gguf\r",
    "a/b/c.gguf ",
    "a/b/c.gguf.",
    "a/b./c.gguf",
    "a/b / c.gguf",
    " a/b/c.gguf",
    ".a/b/c.gguf",
    "a/b/.c.gguf",
    "a/-b/c.gguf",
    "~/b/c.gguf",
    "a/b/con.gguf",
    "CON/b/c.gguf",
    "a/NUL/c.gguf",
    "a/b/aux.tar.gguf",
    "a/b/COM1.gguf",
    "a/b/lpt9.gguf",
    "a/b/c.bin",
    "a/b/gguf",
    "b/c.gguf",
    "c.gguf",
    "",
    "a/b/" + "x" * 300 + ".gguf",
    "/".join("abcdefghi") + ".gguf",
    "a/b/％2e％2e.gguf",
    "a/b/%2e%2e/c.gguf",
    "a/b/c\u202efugg.gguf",
    "a/b/c?.gguf",
    "a/b/*.gguf",
)


@pytest.mark.parametrize("written", HOSTILE)
def test_a_name_that_could_lead_elsewhere_is_refused(written: str) -> None:
    with pytest.raises(ModelFileError) as refused:
        repository_file(written)
    assert str(refused.value).isprintable()
    assert "names no model file: " in str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["a/b/c.gguf", "Qwen/Qwen2.5-Coder-7B-GGUF/q4_k_m/qwen-00001-of-00002.gguf", "a/console/nulls.gguf"],
)
def test_an_ordinary_name_stays_below_its_folder_everywhere(written: str) -> None:
    repository, file = repository_file(written)
    assert f"{repository}/{file}" == written
    for rules, folder in ((posixpath, "/models"), (ntpath, "C:\\models")):
        joined = rules.normpath(rules.join(folder, *written.split("/")))
        assert rules.commonpath([folder, joined]) == folder
    assert is_repository_file(written)
