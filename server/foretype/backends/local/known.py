"""What is known of a model file: asked of the engine once, for as long as the file stays the same."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.agreement import Agreements
from foretype.engine import failures
from foretype.engine.answers import Facts
from foretype.engine.client import Engine
from foretype.engine.protocol import LoadOptions
from foretype.prompt.chat_families import words_of_all
from foretype.prompt.family import Family
from foretype.prompt.file_family import all_template_words, family_of_file

logger = logging.getLogger(__name__)

BELIEVED_S = 2.0


@dataclass(frozen=True)
class Model:
    """What is known of a file once it was loaded."""

    file: Path
    facts: Facts
    family: Family | None
    changed_ns: tuple[int, int]
    moved_suffix_tokens: int = 0

    @property
    def may_move(self) -> bool:
        return self.moved_suffix_tokens > 0


class KnownModels:
    """Every model that was asked about, by its file."""

    def __init__(
        self,
        engine: Engine,
        options: Callable[[], LoadOptions],
        tell: Callable[[str], None],
        agreements: Agreements,
        believed_s: float,
    ) -> None:
        self._engine = engine
        self._options = options
        self._tell = tell
        self._agreements = agreements
        self._believed_s = believed_s
        self._models: dict[Path, Model] = {}
        self._looked_at: dict[Path, float] = {}

    async def by(self, deadline: float, file: Path) -> Model:
        """What the file is; where it was looked at lately, a key does not wait for the disk.

        A model that is still being loaded then goes on being loaded.
        """
        model = self._models.get(file)
        if model is not None and time.monotonic() - self._looked_at[file] < self._believed_s:
            return model
        left_s = max(0.0, deadline - asyncio.get_running_loop().time())
        try:
            return await asyncio.wait_for(self.of(file), left_s)
        except asyncio.TimeoutError:
            raise failures.took_too_long(file.name) from None

    async def of(self, file: Path) -> Model:
        """What the file is, however long it takes to load."""
        changed_ns = await asyncio.to_thread(self._times_of_change, file)
        model = self._models.get(file)
        if model is None or model.changed_ns != changed_ns:
            words = (*words_of_all(), *all_template_words())
            facts = await self._engine.facts(str(file), self._options(), words)
            family = family_of_file((file.name, facts.name), facts.words, facts.fill_words)
            moved = await asyncio.to_thread(self._movable_tokens, file) if facts.can_move else 0
            model = self._models[file] = Model(file, facts, family, changed_ns, moved)
            self._tell_of(model)
        self._looked_at[file] = time.monotonic()
        return model

    def _times_of_change(self, file: Path) -> tuple[int, int]:
        return time_of_change(file), self._agreements.changed_ns()

    def _movable_tokens(self, file: Path) -> int:
        """How many tokens behind the cursor may be moved, as it was measured that little changes then."""
        found = self._agreements.of(file)
        return found.suffix_tokens if found is not None and found.is_enough else 0

    def _tell_of(self, model: Model) -> None:
        name, facts = model.file.name, model.facts
        way = model.family.name if model.family else "no way of filling holes"
        moving = "moved as one types" if model.may_move else "read at every key"
        logger.info("%s: %s, %s, what follows the cursor is %s", name, facts.architecture, way, moving)
        if not facts.reuses_cache:
            self._tell(
                f"{name} is slow for completion: a model of its kind ({facts.architecture}) reads "
                "the whole text again for every key. Choose one without recurrent layers."
            )


def time_of_change(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
