"""A screen that a program draws for whoever asks by the RFB protocol (VNC), to type on and to look at."""

from __future__ import annotations

import asyncio
import struct
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from editors.patience import PATIENCE_S, until

HELLO = b"RFB 003.003\n"
NO_PASSWORD = 1
BYTES = 4  # of a pixel: blue, green, red, and one that nobody reads
PIXELS = struct.pack(">BBBBHHHBBB3x", 8 * BYTES, 24, 0, 1, 255, 255, 255, 16, 8, 0)
SET_PIXELS, SET_ENCODINGS, ASK_FOR_PICTURE, KEY = 0, 2, 3, 4
PICTURE = 0
AS_IT_IS = 0
KEYS = {
    "Tab": 0xFF09,
    "Return": 0xFF0D,
    "Up": 0xFF52,
    "Down": 0xFF54,
    "Home": 0xFF50,
    "End": 0xFF57,
    "Right": 0xFF53,
    "Shift": 0xFFE1,
    "Control": 0xFFE3,
    "Alt": 0xFFE9,
}


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    pixels: bytes

    def count(self, colour: bytes) -> int:
        """How many points have this colour: its blue, green and red."""
        wanted = int.from_bytes(colour, sys.byteorder)
        return sum(point & 0xFFFFFF == wanted for point in memoryview(self.pixels).cast("I"))

    def png(self) -> bytes:
        rows = bytearray()
        for at in range(0, len(self.pixels), self.width * BYTES):
            row, colours = self.pixels[at : at + self.width * BYTES], bytearray(3 * self.width)
            for colour in range(3):
                colours[colour::3] = row[2 - colour :: BYTES]
            rows += b"\0" + colours
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )


class Display:
    """One who looks and types."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._size = (0, 0)

    async def greet(self) -> None:
        assert await self._reader.readexactly(len(HELLO)) == HELLO
        self._writer.write(HELLO)
        assert await self._unpacked(">I") == (NO_PASSWORD,)
        self._writer.write(b"\1")  # others may look, too
        width, height, _, name_bytes = await self._unpacked(">HH16sI")
        self._size = (width, height)
        await self._reader.readexactly(name_bytes)
        self._writer.write(struct.pack(">B3x", SET_PIXELS) + PIXELS)
        self._writer.write(struct.pack(">BxHi", SET_ENCODINGS, 1, AS_IT_IS))

    async def press(self, *chords: str) -> None:
        """Press keys by their names, such as `Return` and `Control+s`."""
        for chord in chords:
            *held, key = chord.split("+")
            codes = [KEYS.get(name) or ord(name) for name in (*held, key)]
            for code in codes:
                self._writer.write(struct.pack(">BBxxI", KEY, True, code))
            for code in reversed(codes):
                self._writer.write(struct.pack(">BBxxI", KEY, False, code))
            await self._writer.drain()

    async def type(self, text: str) -> None:
        for character in text:
            code = ord(character)
            for is_down in (True, False):
                self._writer.write(struct.pack(">BBxxI", KEY, is_down, code))
            await self._writer.drain()

    async def picture(self) -> Picture:
        width, height = self._size
        self._writer.write(struct.pack(">BBHHHH", ASK_FOR_PICTURE, False, 0, 0, width, height))
        pixels, missing = bytearray(width * height * BYTES), width * height
        while missing > 0:
            kind, parts = await self._unpacked(">BxH")
            assert kind == PICTURE, kind
            for _ in range(parts):
                x, y, across, down, encoding = await self._unpacked(">HHHHi")
                assert encoding == AS_IT_IS, encoding
                for row in range(y, y + down):
                    at = (row * width + x) * BYTES
                    pixels[at : at + across * BYTES] = await self._reader.readexactly(across * BYTES)
                missing -= across * down
        return Picture(width, height, bytes(pixels))

    async def _unpacked(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, await self._reader.readexactly(struct.calcsize(form)))


@asynccontextmanager
async def display(port: int) -> AsyncIterator[Display]:
    """The screen at a port of this machine, once it is there."""

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        except OSError:
            return None

    reader, writer = await until(connect, "the screen")
    try:
        shown = Display(reader, writer)
        await asyncio.wait_for(shown.greet(), PATIENCE_S)
        yield shown
    finally:
        writer.close()
