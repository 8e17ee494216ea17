"""Everything Foretype raises on purpose, in one tree.

    ForetypeError                 the message is a sentence for the user and names the cure
    ├── SettingsError             a settings file that cannot be read or parsed
    ├── KeyFormatError            a token or key that could not be sent as it is written
    ├── OriginError               a URL that is not plain enough to decide about
    └── StorageError              a file or folder of Foretype's own that cannot be made or written

A stage adds its own branch here when it first needs one. Foreign exceptions are mapped to these at
the one border where they enter, and never travel further.
"""

from __future__ import annotations


class ForetypeError(Exception):
    """The root: its text may be shown to the user as it is, and never holds a secret."""


class SettingsError(ForetypeError):
    """A settings file that cannot be read or parsed."""


class KeyFormatError(ForetypeError):
    """A token or key that could not be sent as it is written."""


class OriginError(ForetypeError):
    """A URL that is not plain enough to decide about."""


class StorageError(ForetypeError):
    """A file or folder of Foretype's own that cannot be made or written."""
