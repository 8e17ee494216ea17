"""A thin layer over llama.cpp: a model, its vocabulary, and a context that can be stopped at any moment."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as lc
import numpy as np

from foretype.engine.protocol import EngineFault, Fault, Sampling

ABORTED = 2
NO_ROOM = 1
MICRO_BATCH = 256
PIECE_BYTES = 512
MAX_META_BYTES = 4096
WARNING = 3
CONTINUED = 5
TEXT, ASIDE = 0, 1
MAPPED_FROM_BYTES = 64 * 1024 * 1024


class Aborted(Exception):
    """The work was stopped from outside before it was done."""


class Log:
    """llama.cpp's own log: the last warnings are kept, and everything goes to stderr, which is a file."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        # A collected callback would be called all the same: this object must outlive the library.
        self._callback = lc.llama_log_callback(self._write)
        lc.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _write(self, level: int, text: bytes, _: Any) -> None:
        line = text.decode("utf-8", "replace")
        if level >= WARNING:
            sys.stderr.write(line)
        if level >= WARNING and level != CONTINUED:
            self.lines = [*self.lines[-9:], line.strip()]

    def last(self) -> str:
        return self.lines[-1] if self.lines else "llama.cpp gave no reason"


class Abort:
    """A flag that llama.cpp reads between two steps of its work, without Python and its lock.

    The callback is libc's strlen over two bytes: an empty string is 0, go on; any other is true, stop.
    """

    def __init__(self) -> None:
        self._flag = ctypes.create_string_buffer(2)
        self.data = ctypes.cast(self._flag, ctypes.c_void_p)
        libc = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self.callback = ctypes.cast(libc.strlen, lc.ggml_abort_callback)

    def set(self) -> None:
        self._flag[0] = b"x"

    def clear(self) -> None:
        self._flag[0] = b"\0"


@dataclass(frozen=True)
class Facts:
    """What a file says of its model, as far as prompts depend on it."""

    name: str
    architecture: str
    trained_context: int
    fill_words: tuple[str, str, str] | None
    reuses_cache: bool
    weight_bytes: int
    can_move: bool = False


class Model:
    """The weights and the vocabulary of one file."""

    def __init__(self, path: Path, gpu_layers: int | None, log: Log, *, is_careful: bool = False) -> None:
        self._handle = loaded(path, gpu_layers, is_careful)
        if self._handle is None and gpu_layers != 0 and lc.llama_supports_gpu_offload():
            self._handle = loaded(path, 0, is_careful)
        if self._handle is None:
            raise EngineFault(Fault.FILE, f"{path.name} cannot be loaded: {log.last()}")
        self.vocabulary = lc.llama_model_get_vocab(self._handle)
        self.vocabulary_size = int(lc.llama_vocab_n_tokens(self.vocabulary))
        self.begins_with_bos = bool(lc.llama_vocab_get_add_bos(self.vocabulary))
        self._is_sentence_piece = lc.llama_vocab_type(self.vocabulary) == lc.LLAMA_VOCAB_TYPE_SPM
        self._pieces: dict[int, bytes] = {}

    @property
    def handle(self) -> Any:
        return self._handle

    @property
    def reuses_cache(self) -> bool:
        """Whether it can go back to an earlier place in a text; recurrent layers know only where they are."""
        return not (lc.llama_model_is_recurrent(self._handle) or lc.llama_model_is_hybrid(self._handle))

    @property
    def bos(self) -> list[int]:
        return [int(lc.llama_vocab_bos(self.vocabulary))] if self.begins_with_bos else []

    def facts(self) -> Facts:
        return Facts(
            name=self.metadata("general.name") or self.metadata("general.basename"),
            architecture=self.metadata("general.architecture"),
            trained_context=int(lc.llama_model_n_ctx_train(self._handle)),
            fill_words=self._fill_words(),
            reuses_cache=self.reuses_cache,
            weight_bytes=int(lc.llama_model_size(self._handle)),
        )

    def metadata(self, key: str) -> str:
        buffer = ctypes.create_string_buffer(MAX_META_BYTES)
        length = lc.llama_model_meta_val_str(self._handle, key.encode(), buffer, MAX_META_BYTES)
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def _fill_words(self) -> tuple[str, str, str] | None:
        functions = (lc.llama_vocab_fim_pre, lc.llama_vocab_fim_suf, lc.llama_vocab_fim_mid)
        before, after, middle = (int(function(self.vocabulary)) for function in functions)
        if min(before, after, middle) < 0:
            return None
        return self.text_of(before), self.text_of(after), self.text_of(middle)

    def text_of(self, token: int) -> str:
        """A token as the vocabulary spells it."""
        text: bytes = lc.llama_vocab_get_text(self.vocabulary, token) or b""
        return text.decode("utf-8", "replace")

    def tokens_of(self, text: str, *, special: bool = False) -> list[int]:
        """Text as tokens; a control word in it is plain text, unless it is asked for."""
        if self._is_sentence_piece and not special:
            # These put a blank before every text; behind a mark of our own, none is put.
            mark = self._tokens("☺", special=False)
            both = self._tokens("☺" + text, special=False)
            if both[: len(mark)] == mark:
                return both[len(mark) :]
        return self._tokens(text, special=special)

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        tokens = (lc.llama_token * room)()
        count = lc.llama_tokenize(self.vocabulary, data, len(data), tokens, room, False, special)
        if count < 0:
            raise EngineFault(Fault.FAILED, "the text could not be read as tokens")
        return list(tokens[:count])

    def control_token(self, word: str) -> int | None:
        """The one token that this word is, where the vocabulary has it as one."""
        for spelled in (word, f"\u2581{word}"):
            tokens = self._tokens(spelled, special=True)
            if len(tokens) == 1 and self.text_of(tokens[0]) == spelled and self.is_control(tokens[0]):
                return tokens[0]
        return None

    def is_control(self, token: int) -> bool:
        kinds = lc.LLAMA_TOKEN_ATTR_CONTROL | lc.LLAMA_TOKEN_ATTR_USER_DEFINED | lc.LLAMA_TOKEN_ATTR_UNKNOWN
        return bool(lc.llama_vocab_get_attr(self.vocabulary, token) & kinds)

    def is_end(self, token: int) -> bool:
        return bool(lc.llama_vocab_is_eog(self.vocabulary, token))

    def bytes_of(self, token: int) -> bytes:
        """What a token writes; control tokens write nothing."""
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(PIECE_BYTES)
            length = lc.llama_token_to_piece(self.vocabulary, token, buffer, PIECE_BYTES, 0, False)
            piece = self._pieces[token] = buffer.raw[: max(0, length)]
        return piece

    def cache_bytes(self, context: int) -> int:
        """What the keys and values of so long a context take, in half precision."""
        heads = max(1, int(lc.llama_model_n_head(self._handle)))
        width = (
            int(lc.llama_model_n_embd(self._handle)) // heads * int(lc.llama_model_n_head_kv(self._handle))
        )
        return 2 * 2 * int(lc.llama_model_n_layer(self._handle)) * width * context

    def close(self) -> None:
        if self._handle is not None:
            lc.llama_model_free(self._handle)
            self._handle = None


def loaded(path: Path, gpu_layers: int | None, is_careful: bool) -> Any:
    """The weights, or None; with care, without what some virtual machines promise and then refuse (AMX)."""
    parameters = lc.llama_model_default_params()
    parameters.n_gpu_layers = -1 if gpu_layers is None else gpu_layers
    parameters.use_extra_bufts = not is_careful
    if path.stat().st_size < MAPPED_FROM_BYTES:
        # A mapped file that is cut while in use ends the process; a small one is better read whole.
        parameters.load_mode = lc.LLAMA_LOAD_MODE_NONE
    return lc.llama_model_load_from_file(str(path).encode("utf-8", "surrogateescape"), parameters)


class Context:
    """One text in a model's memory: what it has read, and what it would write next."""

    def __init__(self, model: Model, context: int, batch: int, threads: int, abort: Abort) -> None:
        self._model = model
        self._abort = abort
        parameters = lc.llama_context_default_params()
        parameters.n_ctx = context
        parameters.n_batch = min(batch, context)
        parameters.n_ubatch = min(batch, MICRO_BATCH)
        parameters.n_threads = parameters.n_threads_batch = threads
        # What stands behind the cursor has a second sequence to wait in while what stands before it is read.
        parameters.n_seq_max = 2 if model.reuses_cache else 1
        parameters.kv_unified = True
        parameters.no_perf = False
        parameters.abort_callback = abort.callback
        parameters.abort_callback_data = abort.data
        self._handle = lc.llama_init_from_model(model.handle, parameters)
        if self._handle is None:
            raise EngineFault(Fault.MEMORY, f"there is no memory for a context of {context} tokens")
        self._memory = lc.llama_get_memory(self._handle)
        self.can_move = model.reuses_cache and bool(lc.llama_memory_can_shift(self._memory))
        self.size = int(lc.llama_n_ctx(self._handle))
        self.batch_size = int(parameters.n_batch)
        self._batch = lc.llama_batch_init(self.batch_size, 0, 1)

    def evaluate(self, tokens: Sequence[int], position: int) -> None:
        """Read at most a batch of tokens at a position; all of them, or none where it fails."""
        batch = self._batch
        for number, token in enumerate(tokens):
            batch.token[number] = token
            batch.pos[number] = position + number
            batch.n_seq_id[number] = 1
            batch.seq_id[number][0] = TEXT
            batch.logits[number] = number == len(tokens) - 1
        batch.n_tokens = len(tokens)
        code = lc.llama_decode(self._handle, batch)
        if code == 0:
            return
        self.forget_from(position)
        if code == ABORTED:
            raise Aborted
        reason = "the context is full" if code == NO_ROOM else f"llama.cpp answered {code}"
        raise EngineFault(Fault.FAILED, f"the model could not go on: {reason}")

    def forget_from(self, position: int) -> bool:
        """Whether what stands from a position on could be taken out alone; else everything is gone."""
        if lc.llama_memory_seq_rm(self._memory, TEXT, position, -1):
            return True
        lc.llama_memory_clear(self._memory, True)
        return False

    def set_aside(self, position: int) -> None:
        """Take out what stands from a position on, so that it can be put back elsewhere."""
        lc.llama_memory_seq_cp(self._memory, TEXT, ASIDE, position, -1)
        lc.llama_memory_seq_rm(self._memory, TEXT, position, -1)

    def put_back(self, by: int) -> None:
        """Put what was set aside back into the text, so many positions further on."""
        lc.llama_memory_seq_add(self._memory, ASIDE, -1, -1, by)
        lc.llama_memory_seq_cp(self._memory, ASIDE, TEXT, -1, -1)
        self.drop_aside()

    def drop_aside(self) -> None:
        lc.llama_memory_seq_rm(self._memory, ASIDE, -1, -1)

    def holds(self) -> int:
        """How many tokens llama.cpp itself says are in the memory."""
        return int(lc.llama_memory_seq_pos_max(self._memory, TEXT)) + 1

    def counted(self) -> int:
        """All tokens that were ever read here, by llama.cpp's own count: in batches, and one by one."""
        found = lc.llama_perf_context(self._handle)
        return int(found.n_p_eval) + int(found.n_eval)

    def likeliest(self) -> int:
        logits = lc.llama_get_logits_ith(self._handle, -1)
        return int(np.ctypeslib.as_array(logits, shape=(self._model.vocabulary_size,)).argmax())

    def drawn(self, sampler: Sampler) -> int:
        return int(lc.llama_sampler_sample(sampler.handle, self._handle, -1))

    def close(self) -> None:
        if self._handle is not None:
            lc.llama_batch_free(self._batch)
            lc.llama_free(self._handle)
            self._handle = None


class Sampler:
    """Draws the next token by lot, among the likely ones."""

    def __init__(self, sampling: Sampling) -> None:
        self.handle = lc.llama_sampler_chain_init(lc.llama_sampler_chain_default_params())
        lc.llama_sampler_chain_add(self.handle, lc.llama_sampler_init_top_k(64))
        lc.llama_sampler_chain_add(self.handle, lc.llama_sampler_init_top_p(sampling.top_p, 1))
        lc.llama_sampler_chain_add(self.handle, lc.llama_sampler_init_temp(sampling.temperature))
        lc.llama_sampler_chain_add(self.handle, lc.llama_sampler_init_dist(sampling.seed & 0xFFFFFFFF))

    def close(self) -> None:
        lc.llama_sampler_free(self.handle)


def begin() -> Log:
    """Make the library ready, with its log in our hands."""
    log = Log()
    lc.llama_backend_init()
    return log


def has_gpu() -> bool:
    return bool(lc.llama_supports_gpu_offload())


def version() -> str:
    return str(lc.__version__)
