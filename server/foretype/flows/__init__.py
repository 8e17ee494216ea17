"""The use cases: each reads from top to bottom as the folders of this package."""
