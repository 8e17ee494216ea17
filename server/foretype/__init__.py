"""Foretype: a language server that types ahead of you."""

__version__ = "0.1.0"
