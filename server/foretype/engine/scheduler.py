"""One thread for each model: completions come before chat, and the newest completion before the older one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from foretype.engine.cores import default_threads
from foretype.engine.job import Cancelled, Job
from foretype.engine.llama import Abort, Context, Facts, Log, Model
from foretype.engine.protocol import End, EngineFault, Fault, Lane, LoadOptions
from foretype.engine.session import Session
from foretype.models.memory_fit import free_bytes

logger = logging.getLogger(__name__)

LEAST_CONTEXT = 1024
SPARE_BYTES = 128 * 1024 * 1024

Answer = Callable[["Facts | EngineFault", "tuple[str, ...]"], None]
"""Hears what the model is, and which of the words it was asked about its vocabulary has as one token."""


class Worker:
    """Owns a loaded model, its contexts and the work on them; nothing of llama.cpp is touched elsewhere."""

    def __init__(self, path: Path, options: LoadOptions, log: Log) -> None:
        self.path = path
        self.options = options
        self.last_used = time.monotonic()
        self.facts: Facts | None = None
        self.problem: EngineFault | None = None
        self.speed_tokens_per_s = 0.0
        self.last_ms = 0.0
        self.prompt_tokens = self.evaluated_tokens = self.counted_tokens = 0
        self._log = log
        self._abort = Abort()
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._running: Job | None = None
        self._is_closing = False
        self._askers: list[tuple[tuple[str, ...], Answer]] = []
        self._sessions: dict[str, Session] = {}
        self._model: Model | None = None
        self._thread = threading.Thread(target=self._run, name=f"model {path.name}", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        return bool(self._jobs) or (self.facts is None and self.problem is None)

    @property
    def context_tokens(self) -> int:
        return self.options.context

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    # Asked from other threads

    def ask(self, words: tuple[str, ...], answer: Answer) -> None:
        """Tell what the model is, as soon as it is loaded."""
        with self._changed:
            self._askers.append((words, answer))
            self._changed.notify()

    def submit(self, job: Job) -> None:
        with self._changed:
            self.last_used = time.monotonic()
            if self._is_closing or self.problem is not None:
                problem = self.problem or EngineFault(Fault.BUSY, "the model is being unloaded")
                job.fail(problem.kind, str(problem))
                job.tell_end()
                return
            for other in self._jobs:
                if is_superseded(other, job):
                    other.is_cancelled = True
            self._jobs.append(job)
            self._interrupt()

    def cancel(self, owner: object, id: int | None = None) -> None:
        """Cancel one job of a client, or all of them."""
        with self._changed:
            for job in self._jobs:
                if job.owner is owner and id in (None, job.id):
                    job.is_cancelled = True
            self._interrupt()

    def close(self) -> None:
        """Stop what runs and give the memory back; the thread ends by itself."""
        with self._changed:
            self._is_closing = True
            for job in self._jobs:
                job.is_cancelled = True
            self._interrupt()

    def join(self, patience_s: float) -> bool:
        self._thread.join(patience_s)
        return self.has_ended

    def _interrupt(self) -> None:
        """Stop the step that runs, where something else has become more urgent."""
        running = self._running
        if running is not None and (running.is_cancelled or self._next() is not running):
            self._abort.set()
        self._changed.notify()

    def _next(self) -> Job | None:
        """The job whose turn it is; a cancelled one only has to be told so, which is soon done."""
        return min(self._jobs, key=lambda job: (not job.is_cancelled, job.order.rank), default=None)

    # On the worker's own thread

    def _run(self) -> None:
        try:
            self._load()
            while (job := self._wait()) is not None:
                self._step(job)
        finally:
            for session in self._sessions.values():
                session.close()
            if self._model is not None:
                self._model.close()

    def _load(self) -> None:
        began = time.perf_counter()
        try:
            model = self._model = self._open()
            context = self._session(Lane.COMPLETE).context
            found: Facts | EngineFault = replace(model.facts(), can_move=context.can_move)
        except EngineFault as fault:
            found = fault
        except OSError as error:
            found = EngineFault(Fault.FILE, f"{self.path.name} cannot be read: {error.strerror}")
        with self._changed:
            if isinstance(found, Facts):
                self.facts = found
                logger.info("%s was loaded in %.1f s", self.path.name, time.perf_counter() - began)
            else:
                self.problem = found

    def _open(self) -> Model:
        options = self.options
        gpu_layers = 0 if options.is_careful else options.gpu_layers
        return Model(self.path, gpu_layers, self._log, is_careful=options.is_careful)

    def _answer_askers(self) -> None:
        """Words are looked up between two steps: the vocabulary belongs to this thread."""
        with self._changed:
            askers, self._askers = self._askers, []
        for words, answer in askers:
            if self.facts is None or self._model is None:
                answer(self.problem or EngineFault(Fault.BUSY, "the model is being unloaded"), ())
            else:
                known = tuple(w for w in words if self._model.control_token(w) is not None)
                answer(self.facts, known)

    def _wait(self) -> Job | None:
        while True:
            self._answer_askers()
            with self._changed:
                self._running = None
                if self._askers:
                    continue
                if (job := self._next()) is not None:
                    self._abort.clear()
                    self._running = job
                    return job
                if self._is_closing:
                    return None
                self._changed.wait()

    def _step(self, job: Job) -> None:
        try:
            if self.problem is not None:
                raise self.problem
            job.check()
            assert self._model is not None
            if job.step(self._model, self._session):
                return
        except Cancelled:
            job.end(End.CANCELLED)
        except EngineFault as fault:
            job.fail(fault.kind, str(fault))
        except Exception:
            logger.exception("work on %s failed", self.path.name)
            job.fail(Fault.FAILED, "the engine made a mistake; its log has more")
            self._forget_sessions()
        self._leave(job)

    def _leave(self, job: Job) -> None:
        with self._changed:
            self._jobs.remove(job)
            self.last_used = time.monotonic()
            meter = job.meter
            self.last_ms = meter.whole_s * 1000
            self.prompt_tokens += meter.prompt_tokens
            self.evaluated_tokens += meter.evaluated_tokens
            self.counted_tokens = sum(each.context.counted() for each in self._sessions.values())
            if meter.written_tokens and meter.writing_s:
                self.speed_tokens_per_s = meter.written_tokens / meter.writing_s
        job.tell_end()

    def _session(self, lane: str) -> Session:
        """The session of a lane, made when it is first needed."""
        session = self._sessions.get(lane)
        if session is None:
            assert self._model is not None
            size = context_that_fits(self._model, self.options.context)
            threads = self.options.threads or default_threads()
            context = Context(self._model, size, self.options.batch, threads, self._abort)
            session = self._sessions[lane] = Session(context)
        return session

    def _forget_sessions(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()


def context_that_fits(model: Model, wanted: int) -> int:
    """As long as wanted and trained, or shorter where memory is short."""
    size = min(wanted, model.facts().trained_context or wanted)
    free = free_bytes()
    while free is not None and size > LEAST_CONTEXT and model.cache_bytes(size) + SPARE_BYTES > free:
        size //= 2
    return size


def is_superseded(old: Job, new: Job) -> bool:
    """A client's newest completion takes the place of its older one; warming gives way to any of them."""
    if old.order.lane != new.order.lane or new.order.lane != Lane.COMPLETE:
        return False
    if old.order.is_warming:
        return True
    is_beside = old.order.is_beside or new.order.is_beside
    return old.owner is new.owner and not is_beside and not new.order.is_warming
