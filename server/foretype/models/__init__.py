"""Models: how they are called, and those on this machine."""
