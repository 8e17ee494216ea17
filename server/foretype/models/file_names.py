"""Names of model files that come from elsewhere: whatever could lead out of a folder is refused."""

from __future__ import annotations

import re

from foretype.errors import ModelFileError

LONGEST_NAME = 200
LONGEST_PATH = 600
MOST_PARTS = 8

PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*", re.ASCII)
# Windows opens a device under these names, in every folder and with every ending.
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def repository_file(written: str) -> tuple[str, str]:
    """`owner/repository/file.gguf` in its two halves, fit to be a path below any folder."""
    parts = written.split("/")
    if len(written) > LONGEST_PATH or not 3 <= len(parts) <= MOST_PARTS:
        refuse(written, "it looks like owner/repository/file.gguf")
    for part in parts:
        check_part(written, part)
    if not written.lower().endswith(".gguf"):
        refuse(written, "its name has to end in .gguf")
    return "/".join(parts[:2]), "/".join(parts[2:])


def is_repository_file(written: str) -> bool:
    try:
        repository_file(written)
    except ModelFileError:
        return False
    return True


def check_part(written: str, part: str) -> None:
    if not PART.fullmatch(part) or len(part) > LONGEST_NAME or part.endswith("."):
        refuse(written, "its names are made of letters, digits and . _ - +")
    if DEVICE.fullmatch(part):
        refuse(written, f"'{part}' is the name of a device on Windows")


def refuse(written: str, reason: str) -> None:
    shown = "".join(each if each.isprintable() else "?" for each in written[:100])
    raise ModelFileError(f"'{shown}' names no model file: {reason}.")
