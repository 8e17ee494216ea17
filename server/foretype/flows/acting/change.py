"""What has changed in a document since the last commit: its text in the editor, held against git's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from foretype.documents.document import Document
from foretype.documents.uri import file_path
from foretype.flows.chatting.files import NotReadable
from foretype.flows.chatting.git import Git
from foretype.flows.completion.instant import path_of
from foretype.flows.editing.flow import with_lf

LINES_AROUND = 8
OTHERWISE = "select what is to be reviewed."


@dataclass(frozen=True)
class Changes:
    """Changes of documents; `variables` is the user's environment, in which git runs."""

    variables: Mapping[str, str]

    async def why_none(self, document: Document) -> str:
        """Why there is no change to look at; empty where there is one."""
        try:
            await self._committed(document)
        except NotReadable as problem:
            return str(problem)
        return ""

    async def of(self, document: Document) -> str:
        """The change as a diff with much around it."""
        before = (await self._committed(document)).split("\n")
        now = with_lf(str(document.text)).split("\n")
        path = path_of(document)
        names = (f"a/{path}", f"b/{path}")
        lines = await asyncio.to_thread(
            lambda: list(unified_diff(before, now, *names, n=LINES_AROUND, lineterm=""))
        )
        return "\n".join(lines)

    async def _committed(self, document: Document) -> str:
        """The document as it was committed last, where it has changed since."""
        path = file_path(document.uri)
        folder = Path(path.parent) if path else None
        if path is None or folder is None or document.is_large or not await asyncio.to_thread(folder.is_dir):
            raise NotReadable(f"This text cannot be compared with an earlier one: {OTHERWISE}")
        before = with_lf(await Git(folder, self.variables).committed(path.name))
        if not before:
            raise NotReadable(f"git has no earlier version of this file: {OTHERWISE}")
        if before == with_lf(str(document.text)):
            raise NotReadable(f"Nothing has changed here since the last commit: {OTHERWISE}")
        return before
