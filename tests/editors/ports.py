"""A port for a program that is told its own."""

from __future__ import annotations

import random
import socket

NEVER_GIVEN = (10_000, 32_768)  # ports below those that Linux chooses by itself


def free_port() -> int:
    """One that nobody is given who asks for any: the program takes a second to come and take it."""
    while True:
        port = random.randrange(*NEVER_GIVEN)
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
