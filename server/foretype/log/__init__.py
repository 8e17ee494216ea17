"""Logging for a program whose stdout belongs to a protocol, and whose log must never hold a key."""
