"""What was asked of models and what became of it: numbers and names, never code."""
