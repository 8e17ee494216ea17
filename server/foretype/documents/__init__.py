"""Document state: the text the editor has, exactly, and frozen snapshots of it."""
