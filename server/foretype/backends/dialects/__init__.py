"""Dialects: how a frozen request becomes a path and a body, and how a payload becomes a delta."""
