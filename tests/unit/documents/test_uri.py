"""Which URIs mean one document, which do not, and the paths they name."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.documents.uri import document_key, file_path, file_uri


@pytest.mark.parametrize(
    "spellings",
    [
        ["file:///home/a.py", "file:/home/a.py", "file://localhost/home/a.py", "FILE:///home/a.py",
         "file://LOCALHOST/home/a.py", "file:///%68ome/a%2Epy", "file:///home%2fa.py"],
        ["file:///c%3A/Users/a.py", "file:///C%3A/Users/a.py", "file:///c%3a/Users/a.py", "file:///C:/Users/a.py",
         "file:///c:/Users/a.py", "file:/C:/Users/a.py", "file://C:/Users/a.py", "file:C:/Users/a.py",
         "file:///C|/Users/a.py", "file:///C:\\Users\\a.py", "file:///C:%5CUsers%5Ca.py",
         "file://localhost/C:/Users/a.py"],
        ["file://server/share/a.py", "file://SERVER/share/a.py", "File://Server/share/%61.py"],
        ["file://wsl%24/Ubuntu/a.py", "file://WSL$/Ubuntu/a.py"],
        ["file:///caf%C3%A9%20%F0%9F%98%80.py", "file:///café 😀.py", "file:///caf%c3%a9%20%f0%9f%98%80.py"],
        ["file:///c%2B%2B/a.py", "file:///c++/a.py"],
        ["file:///100%", "file:///100%25"],
        ["untitled:Untitled-1", "UNTITLED:Untitled-1", "untitled:Untitled%2D1"],
        ["untitled:C:\\new.py", "untitled:c%3A%5Cnew.py"],
        ["vscode-notebook-cell:/c%3A/n.ipynb#W0sZQ%3D%3D", "vscode-notebook-cell:/C:/n.ipynb#W0sZQ=="],
        ["vscode-remote://ssh-remote%2Bbox/home/a.py", "vscode-remote://SSH-remote+box/home/a.py"],
        ['git:/a.py?{"path":"/a.py"}', "git:/a.py?%7B%22path%22%3A%22%2Fa.py%22%7D"],
    ],
    ids=lambda spellings: spellings[0],
)  # fmt: skip
def test_one_document_has_one_key(spellings: list[str]) -> None:
    assert {document_key(uri) for uri in spellings} == {document_key(spellings[0])}


def test_different_documents_have_different_keys() -> None:
    uris = [
        "",
        "a.py",
        "/home/a.py",
        "C:\\a.py",
        "file:///home/a.py",
        "file:///home/A.py",
        "file:///home/a.py/",
        "file:///home/a%2520b.py",
        "file:///home/a%20b.py",
        "file:///home/a.py#b",
        "file:///home/a.py%23b",
        "file:///home/a.py?b",
        "file:///home/a.py%3Fb",
        "file:///%FF.py",
        "file:///%FE.py",
        "file://home/a.py",
        "vscode-remote:/home/a.py",
        "vscode-remote://wsl+ubuntu/home/a.py",
        "vscode-notebook-cell:/n.ipynb#W0",
        "vscode-notebook-cell:/n.ipynb#W1",
        "vscode-notebook-cell:/n.ipynb",
        "untitled:Untitled-1",
        "untitled:Untitled-2",
        "git:/a.py?HEAD",
        "git:/a.py",
    ]
    assert len({document_key(uri) for uri in uris}) == len(uris)


PIECES = [
    "file:",
    "//",
    "/",
    "C:",
    "c|",
    "\\",
    "%",
    "%3A",
    "%2f",
    "%zz",
    "?",
    "#",
    "é",
    "\ud800",
    "localhost",
    "x",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_any_string_has_a_key_and_the_key_is_its_own_key(uri: str) -> None:
    key = document_key(uri)
    assert key.isascii()
    assert document_key(key) == key
    file_path(uri)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/a%20b.py", PurePosixPath("/home/a b.py")),
        ("file:///home/caf%C3%A9.py#L3", PurePosixPath("/home/café.py")),
        ("file:///%FF", PurePosixPath("/\udcff")),
        ("file:///c%3A/Users/a.py", PureWindowsPath("c:/Users/a.py")),
        ("file:///C:/Users/a.py", PureWindowsPath("C:/Users/a.py")),
        ("file://server/share/a.py", PureWindowsPath("//server/share/a.py")),
        ("file:///with%00nul", None),
        ("untitled:Untitled-1", None),
        ("vscode-notebook-cell:/n.ipynb#W0", None),
        ("git:/a.py?HEAD", None),
        ("vscode-remote://wsl+ubuntu/home/a.py", None),
        ("/home/a.py", None),
        ("", None),
    ],
)
def test_only_a_file_uri_names_a_path(uri: str, path: PurePath | None) -> None:
    assert file_path(uri) == path
    assert type(file_path(uri)) is type(path)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/home/a b#c?.py"), "file:///home/a%20b%23c%3F.py"),
        (PurePosixPath("/100%/é"), "file:///100%25/%C3%A9"),
        (PurePosixPath("//odd/but/legal"), "file:////odd/but/legal"),
        (PurePosixPath("/\udcff"), "file:///%FF"),
        (PureWindowsPath("C:\\Users\\a.py"), "file:///C:/Users/a.py"),
        (PureWindowsPath("\\\\server\\share\\a.py"), "file://server/share/a.py"),
    ],
)
def test_a_path_and_its_uri_are_each_other_back(path: PurePath, uri: str) -> None:
    assert file_uri(path) == uri
    assert file_path(uri) == path


def test_a_relative_path_has_no_uri() -> None:
    with pytest.raises(ValueError, match="absolute"):
        file_uri(PurePosixPath("a.py"))
