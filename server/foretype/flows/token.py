"""The user's Hugging Face token, looked for beside everything else: a keyring may take its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from foretype.config.environment import Environment
from foretype.keys.key import Key
from foretype.keys.keyring_apart import KeyringApart
from foretype.keys.token_search import FoundToken, TokenSearch, find_token

logger = logging.getLogger(__name__)

NONE_FOUND = (
    "Hugging Face models need a token: set HF_TOKEN, or run `foretype login`. Make one that may call "
    "Inference Providers at https://huggingface.co/settings/tokens."
)


def find_key(from_settings: Key | None, environment: Environment, own_file: Path | None) -> Key | None:
    """The token that counts, looked for in every place; a keyring may block."""
    places = (environment.tokens, KeyringApart(), environment.token_file)
    search = find_token(from_settings, *places, own_file=own_file)
    return search.found.key if search.found else None


class Token:
    """The token that was found last, known to the log; whoever needs it waits while it is looked for."""

    def __init__(
        self,
        environment: Environment,
        know: Callable[[Key], None],
        tell: Callable[[str], None],
        own_file: Path | None = None,
    ) -> None:
        self.found: FoundToken | None = None
        self._handed: Key | None = None
        self._own_file = own_file
        self._environment = environment
        self._know = know
        self._tell = tell
        self._searches = 0
        self._settled = asyncio.Event()

    @property
    def key(self) -> Key | None:
        return self.found.key if self.found else None

    def hand_over(self, key: Key | None) -> None:
        """The editor's own token, which comes before all others, or None: it takes it back."""
        self._handed = key
        if key is not None:
            self._know(key)

    async def settled(self) -> Key | None:
        """The token, once the search that runs has ended."""
        await self._settled.wait()
        return self.key

    async def search(self, from_settings: Key | None, *, is_needed: bool = True) -> bool:
        """Look in every place; whether the token is another than before. A newer search takes over.

        That there is none is told only where a model needs it.
        """
        self._searches += 1
        number, before = self._searches, self.key
        self._settled.clear()
        try:
            result = await asyncio.to_thread(self._find, from_settings)
            if number != self._searches:
                return False
            self.found = result.found
            if self.key is not None:
                self._know(self.key)
        finally:
            if number == self._searches:
                self._settled.set()
        self._tell_of(result, is_needed)
        return self.key != before

    def look(self, from_settings: Key | None) -> Key | None:
        """Look at once, on the caller's thread, and tell nobody but the log."""
        found = self._find(from_settings).found
        if found is not None:
            self._know(found.key)
        return found.key if found else None

    def _find(self, from_settings: Key | None) -> TokenSearch:
        environment = self._environment
        return find_token(
            from_settings,
            environment.tokens,
            KeyringApart(),
            environment.token_file,
            handed=self._handed,
            own_file=self._own_file,
        )

    def _tell_of(self, result: TokenSearch, is_needed: bool) -> None:
        for refused in result.refused:
            self._tell(f"{refused.sentence}.")
        if result.found is None:
            if is_needed:
                self._tell(NONE_FOUND)
        else:
            logger.info("the token of Hugging Face comes from %s", result.found.source)
