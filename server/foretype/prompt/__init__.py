"""Prompt: what is said to a model, as values; nothing here reads, sends or waits."""
