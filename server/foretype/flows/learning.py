"""The workspace read for the predictor: from the cache at once, anew in the background, again after saves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from foretype.config.private_files import make_private_folder
from foretype.documents.folders import OpenFolders
from foretype.errors import StorageError
from foretype.flows.completion.flow import Completion
from foretype.predictor.indexing import index_in_background, known
from foretype.predictor.predictor import Predictor

logger = logging.getLogger(__name__)

CACHE_FOLDER = "predictor"
REST_S = 300.0


class Learning:
    """Keeps what the predictor knows of the workspace's files as new as five minutes.

    What is suggested is forgotten with the folders that it was of, and where nothing was, once more is known.
    """

    def __init__(
        self,
        predictor: Predictor,
        folders: OpenFolders,
        cache: Path | None,
        exclude: Callable[[], tuple[str, ...]],
        completion: Completion,
    ) -> None:
        self._predictor = predictor
        self._folders = folders
        self._cache = cache / CACHE_FOLDER if cache else None
        self._exclude = exclude
        self._completion = completion
        self._other_folders = asyncio.Event()
        self._news = asyncio.Event()
        self.is_done = False
        folders.observe(self._folders_changed)

    def file_saved(self) -> None:
        self._news.set()

    def _folders_changed(self) -> None:
        self.is_done = False
        self._other_folders.set()
        self._news.set()

    async def run(self) -> None:
        """Learn until cancelled; nothing without a place to keep what is learned."""
        if self._cache is None:
            return
        read: tuple[Path, ...] = ()
        while True:
            self._other_folders.clear()
            self._news.clear()
            folders = tuple(self._folders)
            if folders != read:
                read = folders
                await self._recall(folders, self._cache)
            if folders:
                await self._read(folders, self._cache)
            await self._need()

    async def _recall(self, folders: tuple[Path, ...], cache: Path) -> None:
        """What was learned of these folders before."""
        segment = await asyncio.to_thread(known, folders, cache) if folders else None
        self._predictor.learned(segment)
        self._completion.forget()

    async def _read(self, folders: tuple[Path, ...], cache: Path) -> None:
        try:
            make_private_folder(cache)
        except StorageError as error:
            logger.warning("the workspace is not read: %s", error)
            return
        segment = await index_in_background(folders, cache, self._exclude())
        if folders != tuple(self._folders):
            return
        if segment is not None:
            self._predictor.learned(segment)
        if not self.is_done:
            self.is_done = True
            self._completion.forget_silence()

    async def _need(self) -> None:
        """Other folders are read at once; saved files not before a rest."""
        try:
            await asyncio.wait_for(self._other_folders.wait(), REST_S)
        except asyncio.TimeoutError:
            await self._news.wait()
