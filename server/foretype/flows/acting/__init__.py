"""Code actions: what can be done at a place, and what is done when one is chosen."""
