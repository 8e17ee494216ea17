"""Models: how they are called."""
