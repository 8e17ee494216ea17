"""Where `foretype login` keeps a token, and what `foretype logout` forgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from foretype.config.private_files import write_private
from foretype.errors import StorageError
from foretype.keys.key import Key
from foretype.keys.keyring_store import KeyringStore

IN_KEYRING = "the system's keyring"


@dataclass(frozen=True)
class TokenPlaces:
    """The system's keyring, and one file for systems without; other programs' files are not ours."""

    own_file: Path | None
    keyring: KeyringStore = field(default_factory=KeyringStore)

    def keep(self, key: Key) -> str:
        """Keep the token in one place, and say where; raises StorageError where there is none."""
        if self.keyring.save(key):
            self._remove_file()
            return IN_KEYRING
        if self.own_file is None:
            raise StorageError("There is no keyring and no home folder to keep the token in: set HF_TOKEN.")
        write_private(self.own_file, key.reveal().encode("ascii"))
        return str(self.own_file)

    def forget(self) -> tuple[str, ...]:
        """Remove the token from every place of ours, and say from which."""
        forgotten = [IN_KEYRING] if self.keyring.forget() else []
        if self._remove_file():
            forgotten.append(str(self.own_file))
        return tuple(forgotten)

    def _remove_file(self) -> bool:
        try:
            if self.own_file is None:
                return False
            self.own_file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(f"{self.own_file} cannot be removed: {error.strerror}") from error
        return True
