"""Which models are loaded: as many as were allowed, for as long as they are used, and only where they fit."""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foretype.engine.llama import Log
from foretype.engine.protocol import EngineFault, Fault, LoadOptions, Message
from foretype.engine.scheduler import Worker
from foretype.models.memory_fit import free_bytes
from foretype.models.parts import all_names

logger = logging.getLogger(__name__)

MB = 1024 * 1024
OVERHEAD_BYTES = 128 * MB
SPARE_BYTES = 256 * MB
UNLOADING_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Key:
    """A model file as it was when it was loaded: another file of the same name is another model."""

    path: str
    bytes: int
    changed_ns: int


@dataclass
class Resident:
    worker: Worker
    users: dict[object, LoadOptions]


class Residents:
    """Loads on first need and unloads what is not used, the least recently used first."""

    def __init__(self, log: Log, free: Callable[[], int | None] = free_bytes) -> None:
        self._log = log
        self._free = free
        self._lock = threading.Lock()
        self._loaded: dict[Key, Resident] = {}

    def worker_for(self, path: str, options: LoadOptions, owner: object) -> Worker:
        """The worker of a model, loading or loaded; options that this owner changed load it anew."""
        key = key_of(path)
        with self._lock:
            self._drop_failed()
            resident = self._loaded.get(key)
            if resident is not None and self._is_wanted_otherwise(resident, options, owner):
                self._unload(key)
                resident = None
            if resident is None:
                self._make_room(key, options)
                resident = self._loaded[key] = Resident(Worker(Path(path), options, self._log), {})
            resident.users[owner] = options
            return resident.worker

    def workers(self) -> list[Worker]:
        with self._lock:
            return [resident.worker for resident in self._loaded.values()]

    def forget_owner(self, owner: object) -> None:
        """A client is gone: nothing it asked for is needed any more."""
        with self._lock:
            for resident in self._loaded.values():
                resident.users.pop(owner, None)
                resident.worker.cancel(owner)

    def unload_idle(self) -> None:
        with self._lock:
            self._drop_failed()
            now = time.monotonic()
            for key, resident in list(self._loaded.items()):
                worker = resident.worker
                idle_s = worker.options.idle_s
                if idle_s and not worker.is_busy and now - worker.last_used > idle_s:
                    self._unload(key)

    def unload(self, path: str) -> bool:
        with self._lock:
            found = [key for key in self._loaded if key.path == path]
            for key in found:
                self._unload(key)
            return bool(found)

    def close(self, patience_s: float) -> None:
        """Stop every decode that runs, and wait until its thread has let go of llama.cpp."""
        workers = self.workers()
        for worker in workers:
            worker.close()
        until = time.monotonic() + patience_s
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))

    def told(self) -> list[Message]:
        """What is loaded, for whoever asks."""
        with self._lock:
            return [told(key, resident) for key, resident in self._loaded.items()]

    def _is_wanted_otherwise(self, resident: Resident, options: LoadOptions, owner: object) -> bool:
        before = resident.users.get(owner)
        return before is not None and before != options and options != resident.worker.options

    def _drop_failed(self) -> None:
        for key, resident in list(self._loaded.items()):
            if resident.worker.problem is not None:
                self._unload(key)

    def _make_room(self, key: Key, options: LoadOptions) -> None:
        needed = key.bytes + OVERHEAD_BYTES
        most = options.memory_mb * MB
        if most and needed > most:
            raise too_large(key, f"local.memory_mb allows {options.memory_mb} MB", needed)
        while len(self._loaded) >= options.max_models:
            self._unload_least_used(key, needed, f"{options.max_models} models are in use already")
        while most and needed + sum(each.bytes + OVERHEAD_BYTES for each in self._loaded) > most:
            self._unload_least_used(key, needed, f"local.memory_mb allows {options.memory_mb} MB for all")
        while (free := self._free()) is not None and needed + SPARE_BYTES > free:
            self._unload_least_used(key, needed, f"{free // MB} MB are free")

    def _unload_least_used(self, wanted: Key, needed: int, reason: str) -> None:
        idle = [key for key, resident in self._loaded.items() if not resident.worker.is_busy]
        if not idle:
            raise too_large(wanted, reason, needed)
        self._unload(min(idle, key=lambda key: self._loaded[key].worker.last_used))

    def _unload(self, key: Key) -> None:
        """Let go of a model, and wait until its memory is free."""
        worker = self._loaded.pop(key).worker
        worker.close()
        if not worker.join(UNLOADING_PATIENCE_S):
            logger.warning("%s takes long to be unloaded", key.path)
        logger.info("%s was unloaded", key.path)


def key_of(path: str) -> Key:
    """A model by its first file, with the size of all that it lies in."""
    first = Path(path)
    found = status_of(first)
    others = (first.with_name(name) for name in all_names(first.name)[1:])
    return Key(path, found.st_size + sum(status_of(other).st_size for other in others), found.st_mtime_ns)


def status_of(file: Path) -> os.stat_result:
    try:
        found = file.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        raise EngineFault(Fault.FILE, f"{file.name} cannot be read: {reason}") from error
    if not stat.S_ISREG(found.st_mode):
        raise EngineFault(Fault.FILE, f"{file.name} is not a file")
    return found


def too_large(key: Key, reason: str, needed: int) -> EngineFault:
    sentence = f"{Path(key.path).name} needs about {needed // MB} MB, and {reason}"
    return EngineFault(Fault.MEMORY, sentence)


def told(key: Key, resident: Resident) -> Message:
    worker = resident.worker
    reused = 1 - worker.evaluated_tokens / worker.prompt_tokens if worker.prompt_tokens else 0.0
    return {
        "model": key.path,
        "file_bytes": key.bytes,
        "context": worker.context_tokens,
        "tokens_per_s": round(worker.speed_tokens_per_s, 1),
        "prompt_tokens": worker.prompt_tokens,
        "reused": round(max(0.0, reused), 3),
        "last_ms": round(worker.last_ms, 3),
        "counted": worker.counted_tokens,
        "users": len(resident.users),
        "idle_s": round(time.monotonic() - worker.last_used, 1),
        "is_busy": worker.is_busy,
    }
