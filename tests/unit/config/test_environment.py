"""What the process environment says, read once from what it is handed."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.config.environment import read_environment
from foretype.keys.key import Key

CANARY = "hf_canary_token"


def test_an_empty_environment_is_the_default() -> None:
    environment = read_environment({})
    assert str(environment.hub) == "https://huggingface.co"
    assert str(environment.router) == "https://router.huggingface.co"
    assert environment.tokens == ()
    assert environment.problems == ()


def test_no_variable_shows_itself() -> None:
    secrets = {
        "FORETYPE_TOKEN": CANARY,
        "HF_TOKEN": CANARY,
        "LAB_KEY": CANARY,
        "HTTPS_PROXY": f"http://me:{CANARY}@p",
    }
    environment = read_environment({**secrets, "HF_ENDPOINT": f"https://me:{CANARY}@host"})
    assert CANARY not in repr(environment)
    assert environment.variables["LAB_KEY"] == CANARY


def test_the_environment_is_a_copy_that_never_changes() -> None:
    variables = {"HF_TOKEN": CANARY}
    environment = read_environment(variables)
    variables["HF_TOKEN"] = "other"
    assert environment.variables["HF_TOKEN"] == CANARY
    with pytest.raises(TypeError):
        environment.variables["HF_TOKEN"] = "other"  # type: ignore[index]  # this is what is tried


def test_the_own_variable_comes_first() -> None:
    tokens = read_environment({"HF_TOKEN": "hf_b", "FORETYPE_TOKEN": "hf_a"}).tokens
    assert [(token.source, token.key) for token in tokens] == [
        ("FORETYPE_TOKEN", Key("hf_a")),
        ("HF_TOKEN", Key("hf_b")),
    ]
    assert read_environment({"HF_TOKEN": ""}).tokens == ()


@pytest.mark.parametrize(
    ("variables", "token_file"),
    [
        ({"HOME": "/h"}, "/h/.cache/huggingface/token"),
        ({"USERPROFILE": "/h"}, "/h/.cache/huggingface/token"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/huggingface/token"),
        ({"HOME": "/h", "HF_HOME": "/hf"}, "/hf/token"),
        ({"HOME": "/h", "HF_HOME": "~/hf"}, "/h/hf/token"),
        ({"HOME": "/h", "HF_HOME": "/hf", "HF_TOKEN_PATH": "/t"}, "/t"),
        ({}, None),
        ({"HOME": "."}, None),
        ({"HOME": "/h", "HF_HOME": "hf"}, None),
        ({"HOME": "/h", "HF_TOKEN_PATH": "./token"}, None),
    ],
)
def test_hugging_faces_own_token_file(variables: dict[str, str], token_file: str | None) -> None:
    assert read_environment(variables).token_file == (Path(token_file) if token_file else None)


@pytest.mark.parametrize(
    "name", ["FORETYPE_HOME", "FORETYPE_CONFIG", "HF_HOME", "HF_TOKEN_PATH", "SSL_CERT_FILE"]
)
@pytest.mark.parametrize("written", ["relative", "./x", "../x", "~other/x", "a\0b"])
def test_a_relative_path_is_refused_and_told(name: str, written: str) -> None:
    environment = read_environment({"HOME": "/h", name: written})
    assert (environment.home, environment.config_file, environment.token_file, environment.ca_file) in (
        (None, None, None, None),
        (None, None, Path("/h/.cache/huggingface/token"), None),
    )
    assert [problem.key for problem in environment.problems] == [name]


def test_proxies_and_authorities() -> None:
    environment = read_environment(
        {
            "https_proxy": "http://low:1",
            "HTTPS_PROXY": "http://high:1",
            "NO_PROXY": "x",
            "SSL_CERT_DIR": "/certs",
        }
    )
    assert environment.proxies == {"https": "http://low:1", "no": "x"}
    assert environment.ca_folder == Path("/certs")
