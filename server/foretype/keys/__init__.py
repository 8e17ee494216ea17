"""Tokens and keys: hidden from everything that prints, and bound to the origin they are for."""
