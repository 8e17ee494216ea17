"""Edits that are asked for in words: from a region and a sentence to the lines that change."""
