"""A llama_cpp that is the real one until it is told to break: the only way in which it is ever replaced."""

from __future__ import annotations

from pathlib import Path

SHIM = """
import importlib, os, signal, sys, time

sys.path.remove({folder!r})
del sys.modules["llama_cpp"]
real = importlib.import_module("llama_cpp")
decode, load = real.llama_decode, real.llama_model_load_from_file
troubles = {{
    "abort": os.abort,
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hang": lambda: time.sleep(1000),
}}


def breaking_decode(context, batch):
    try:
        trouble = open({orders!r}).read()
    except OSError:
        trouble = ""
    if trouble in troubles:
        if not trouble.startswith("hang"):
            left = open({orders!r} + ".count", "a")
            left.write("x")
            left.close()
        troubles[trouble]()
    return decode(context, batch)


def load_without_gpu(path, parameters):
    if os.path.exists({orders!r} + ".gpu") and parameters.n_gpu_layers != 0:
        return None
    return load(path, parameters)


real.llama_decode, real.llama_model_load_from_file = breaking_decode, load_without_gpu
if os.path.exists({orders!r} + ".gpu"):
    real.llama_supports_gpu_offload = lambda: True
"""
MISSING = 'import sys\nsys.modules["llama_cpp"] = None\n'


class Library:
    """What the engine imports in place of the real library, and what it is to do."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "broken"
        self._orders = home / "orders"
        package = self.folder / "llama_cpp"
        package.mkdir(parents=True)
        self._package = package / "__init__.py"
        self._package.write_text(SHIM.format(folder=str(self.folder), orders=str(self._orders)))

    def will(self, trouble: str) -> None:
        """What every decode does from now on; nothing special, without a word."""
        self._orders.write_text(trouble)

    @property
    def broke_down(self) -> int:
        count = self._orders.with_suffix(".count")
        return len(count.read_text()) if count.exists() else 0

    def has_a_gpu_that_fails(self) -> None:
        self._orders.with_suffix(".gpu").touch()

    def cannot_be_imported(self, code: str) -> None:
        self._package.write_text(code)

    def is_missing(self) -> None:
        """As where it was never installed."""
        self._package.unlink()
        self._package.parent.rmdir()
        (self.folder / "sitecustomize.py").write_text(MISSING)
