"""The operating system's keyring, which may be absent, locked, or never answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from foretype.errors import KeyFormatError
from foretype.keys.key import Key, parse_key

SERVICE = "foretype"
ACCOUNT = "huggingface"
PATIENCE_S = 2.0
# Below this the keyring library itself advises against a backend; such ones may prompt on stdin.
TRUSTWORTHY = 1

logger = logging.getLogger(__name__)


class Vault(Protocol):
    """What is used of a backend of the keyring library."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def system_vault() -> Vault | None:
    """The keyring the user chose, else the operating system's own, else None."""
    import keyring

    chosen: Any = keyring.get_keyring()
    if hasattr(chosen, "backends"):
        candidates = [b for b in chosen.backends if type(b).__module__.startswith("keyring.backends.")]
    else:
        candidates = [chosen]
    return next((vault for vault in candidates if vault.priority >= TRUSTWORTHY), None)


@dataclass(frozen=True)
class KeyringStore:
    """Reads, keeps and forgets the token; every answer comes within `patience_s`, failure or not."""

    open_vault: Callable[[], Vault | None] = system_vault
    patience_s: float = PATIENCE_S

    def read(self) -> Key | None:
        """The token in the keyring, or None where there is none or no keyring answers."""
        found: list[str | None] = []
        if not self._ask(lambda vault: found.append(vault.get_password(SERVICE, ACCOUNT))):
            return None
        try:
            return parse_key(found[0]) if found[0] else None
        except KeyFormatError as error:
            logger.warning("the token in the system keyring %s", error)
            return None

    def is_there(self) -> bool:
        """Whether a keyring answers."""
        return self._ask(lambda vault: None)

    def save(self, key: Key) -> bool:
        """Keep the token; False where no keyring took it."""
        return self._ask(lambda vault: vault.set_password(SERVICE, ACCOUNT, key.reveal()))

    def forget(self) -> bool:
        """Remove the token; False where there was none or no keyring answered."""
        return self._ask(lambda vault: vault.delete_password(SERVICE, ACCOUNT))

    def _ask(self, question: Callable[[Vault], None]) -> bool:
        """Put one question to the keyring in a thread that may be left hanging."""
        done: list[bool] = []

        def run() -> None:
            try:
                vault = self.open_vault()
                if vault is not None:
                    question(vault)
                    done.append(True)
            # A backend may raise anything at all, and the product works without it.
            except Exception as error:  # noqa: BLE001
                logger.debug("the system keyring does not answer: %s", type(error).__name__)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self.patience_s)
        if thread.is_alive():
            logger.warning("the system keyring did not answer in %g s; going on without it", self.patience_s)
        return bool(done)
