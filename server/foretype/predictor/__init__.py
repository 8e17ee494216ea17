"""The embedded default: a statistical model of the user's own code, in-process, in milliseconds."""
