"""The keyring is asked by another process: its libraries never enter this one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from foretype.keys.keyring_apart import KeyringApart, command

TOKEN = "hf_" + "a" * 34


def says(code: str, patience_s: float = 20.0) -> KeyringApart:
    return KeyringApart((sys.executable, "-c", code), patience_s)


def test_what_the_other_process_says_is_the_token() -> None:
    found = says(f"print('{TOKEN}', end='')").read()
    assert found is not None
    assert found.reveal() == TOKEN


@pytest.mark.parametrize(
    "code", ["", "print('not a token', end='')", f"print('{TOKEN}', end=''); raise SystemExit(3)"]
)
def test_nothing_usable_is_no_token(code: str) -> None:
    assert says(code).read() is None


def test_a_keyring_that_hangs_is_given_up() -> None:
    assert says("import threading; threading.Event().wait()", 0.2).read() is None


def test_a_command_that_cannot_be_started_is_no_token() -> None:
    assert KeyringApart(("/there/is/no/such/program",)).read() is None


def test_the_real_question_is_answered_and_names_no_secret() -> None:
    asked = command()
    assert not any("hf_" in word for word in asked)
    told = subprocess.run(asked, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert told.returncode == 0, told.stderr


def test_the_library_stays_outside() -> None:
    code = (
        "import sys; from foretype.keys.keyring_apart import KeyringApart; KeyringApart().read(); "
        "assert 'keyring' not in sys.modules, 'it is in here'"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
