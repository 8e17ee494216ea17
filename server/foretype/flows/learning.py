"""The workspace read for the predictor: from the cache at once, anew in the background, again after saves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from foretype.config.private_files import make_private_folder
from foretype.errors import StorageError
from foretype.predictor.indexing import index_in_background, known
from foretype.predictor.predictor import Predictor

logger = logging.getLogger(__name__)

CACHE_FOLDER = "predictor"
REST_S = 300.0


class Learning:
    """Keeps what the predictor knows of the workspace's files as new as five minutes."""

    def __init__(
        self,
        predictor: Predictor,
        folders: Sequence[Path],
        cache: Path | None,
        exclude: Callable[[], tuple[str, ...]],
    ) -> None:
        self._predictor = predictor
        self._folders = tuple(folders)
        self._cache = cache / CACHE_FOLDER if cache else None
        self._exclude = exclude
        self._saved = asyncio.Event()
        self.is_done = False

    def file_saved(self) -> None:
        self._saved.set()

    async def run(self) -> None:
        """Learn until cancelled; nothing without folders, or without a place to keep what is learned."""
        if not self._folders or self._cache is None:
            return
        try:
            make_private_folder(self._cache)
        except StorageError as error:
            logger.warning("the workspace is not read: %s", error)
            return
        self._predictor.learned(await asyncio.to_thread(known, self._folders, self._cache))
        while True:
            self._saved.clear()
            segment = await index_in_background(self._folders, self._cache, self._exclude())
            if segment is not None:
                self._predictor.learned(segment)
            self.is_done = True
            await asyncio.sleep(REST_S)
            await self._saved.wait()
