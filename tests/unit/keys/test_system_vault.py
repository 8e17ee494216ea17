"""Of the keyrings on a machine only those are asked that will not prompt."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends.fail import Keyring as FailingKeyring
from keyring.backends.null import Keyring as DisabledKeyring

from foretype.keys.keyring_store import system_vault


class Ranked:
    """A backend as far as choosing one goes: some have a low priority because they prompt."""

    def __init__(self, priority: float) -> None:
        self.priority = priority


class SystemKeyring(Ranked):
    """One that came with the keyring library."""


SystemKeyring.__module__ = "keyring.backends.SecretService"


class Chain:
    """What the library makes where there are several."""

    priority = 10

    def __init__(self, *backends: Ranked) -> None:
        self.backends = backends


SYSTEM, CHOSEN, PROMPTING = SystemKeyring(5), Ranked(1), Ranked(0.6)

none_to_ask = pytest.mark.parametrize(
    "backend",
    [
        FailingKeyring(),  # type: ignore[no-untyped-call]  # the library does not type its constructors
        DisabledKeyring(),  # type: ignore[no-untyped-call]  # as above
        PROMPTING,
        Chain(PROMPTING, Ranked(9)),
        Chain(),
    ],
)


@none_to_ask
def test_these_are_not_asked(backend: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    assert system_vault() is None


@pytest.mark.parametrize(
    ("backend", "asked"), [(CHOSEN, CHOSEN), (SYSTEM, SYSTEM), (Chain(PROMPTING, SYSTEM), SYSTEM)]
)
def test_the_users_choice_or_the_systems_own_is_asked(
    backend: object, asked: Ranked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    chosen: object = system_vault()
    assert chosen is asked
