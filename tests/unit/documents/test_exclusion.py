from __future__ import annotations

import pytest

from foretype.documents.exclusion import IgnoreFile, is_generated_name, is_generated_text, is_secret


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".env",
            "app/.env.local",
            "prod.env",
            "server.pem",
            "tls/private.KEY",
            "id_rsa",
            "/home/me/.ssh/config",
        ),
        *("id_ed25519.pub", "store.p12", "passwords.kdbx", ".npmrc", ".pypirc", ".netrc", "credentials.json"),
        *(
            "infra/terraform.tfstate",
            "kubeconfig",
            "app.jks",
            "C:\\Users\\me\\.aws\\config",
            "deploy/secrets.yaml",
        ),
    ],
)
def test_a_secret_is_known_by_its_name_or_folder(path: str) -> None:
    assert is_secret(path)


@pytest.mark.parametrize(
    "path", ["src/app.py", "environment.py", "keys.py", "id_generator.py", "secrets.py", ""]
)
def test_ordinary_source_is_no_secret(path: str) -> None:
    assert not is_secret(path)


def test_globs_of_the_users_own_add_to_the_secrets() -> None:
    mine = ("*.private.*", "internal/*")
    assert is_secret("src/a.private.py", mine)
    assert is_secret("/home/me/project/internal/plan.md", mine)
    assert not is_secret("src/public.py", mine)


@pytest.mark.parametrize("name", ["app.min.js", "uv.lock", "package-lock.json", "main.js.map", "api_pb2.py"])
def test_what_a_tool_wrote_is_known_by_its_name(name: str) -> None:
    assert is_generated_name(name)
    assert not is_generated_name("main.py")


def test_what_a_tool_wrote_is_known_by_its_text() -> None:
    assert is_generated_text("var a=1;" * 1000)
    assert is_generated_text("a\0b\n")
    assert not is_generated_text("def f():\n    return 1\n" * 100)
    assert not is_generated_text("")


@pytest.mark.parametrize(
    ("rules", "path", "is_folder", "verdict"),
    [
        ("*.log", "deep/down/a.log", False, True),
        ("*.log", "a.login", False, None),
        ("# a comment\n\n", "a", False, None),
        ("out/", "out", True, True),
        ("out/", "out", False, None),
        ("/top.py", "top.py", False, True),
        ("/top.py", "below/top.py", False, None),
        ("docs/*.txt", "docs/a.txt", False, True),
        ("docs/*.txt", "docs/deep/a.txt", False, None),
        ("docs/**/a.txt", "docs/very/deep/a.txt", False, True),
        ("docs/**/a.txt", "docs/a.txt", False, True),
        ("**/cache", "some/where/cache", True, True),
        ("logs/**", "logs/a/b", False, True),
        ("*.log\n!keep.log", "keep.log", False, False),
        ("file[0-9].py", "file7.py", False, True),
        ("file[!0-9].py", "file7.py", False, None),
        ("a?.py", "ab.py", False, True),
        ("a?.py", "a/.py", False, None),
        ("\\#odd", "#odd", False, True),
        ("[z-a", "[z-a", False, True),
        ("[z-a]", "m", False, None),
    ],
)
def test_gitignore_rules(rules: str, path: str, is_folder: bool, verdict: bool | None) -> None:
    assert IgnoreFile(rules).verdict(path, is_folder) is verdict
