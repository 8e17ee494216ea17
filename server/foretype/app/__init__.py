"""The composition root: builds every object by hand, and owns every lifetime."""

from foretype.app.app import App

__all__ = ["App"]
