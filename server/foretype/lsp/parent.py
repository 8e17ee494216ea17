"""Notice that the editor is gone, even if it could not say so."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

POLL_S = 1.0


async def wait_for_end(process_id: int) -> None:
    """Return once that process no longer runs."""
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError, NotImplementedError):
            await wait_for_descriptor(os.pidfd_open(process_id))
            return
    while is_running(process_id):
        await asyncio.sleep(POLL_S)


async def wait_for_descriptor(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def is_running(process_id: int) -> bool:
    if sys.platform == "win32":
        return is_running_on_windows(process_id)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it runs, and is another user's
    return True


def is_running_on_windows(process_id: int) -> bool:
    """Ask the kernel; signal 0, which only asks elsewhere, would end the process here."""
    import ctypes

    synchronize, still_running = 0x00100000, 0x00000102
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(synchronize, False, process_id)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == still_running)
    finally:
        kernel.CloseHandle(handle)
