"""Talking with a model: conversations that are kept, context by name, tools that only read."""
