"""Engine: a GGUF model on this machine, in a process of its own that every editor of the user shares."""
