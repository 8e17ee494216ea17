"""Nothing heavy is loaded until there is something to parse."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "pydantic",
    "pydantic_core",
    "httpx",
    "keyring",
    "platformdirs",
    "tomllib",
    "tomli",
    "tempfile",
    "logging.handlers",
)
DEFAULTS = """
from foretype.config.consents import Consents
from foretype.config.environment import read_environment
from foretype.config.resolve import Sources, resolve
import foretype.log.start, foretype.keys.token_search
resolve(Sources(configuration={"foretype": None}), read_environment({}), Consents(), None)
"""


def loaded_after(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


@pytest.mark.parametrize("code", ["import foretype.config.settings", DEFAULTS], ids=["import", "resolve"])
def test_defaults_need_nothing_heavy(code: str) -> None:
    assert loaded_after(code) == set()


def test_the_check_would_notice() -> None:
    assert "pydantic" in loaded_after("import foretype.config.options")
