"""Asking a model in words, for edits and chat: who answers, and who takes over where one cannot."""
