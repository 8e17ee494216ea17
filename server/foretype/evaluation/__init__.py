"""How good a completion model is, and how fast: measured on the user's own code."""
