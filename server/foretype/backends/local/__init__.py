"""Model files that the engine runs."""
