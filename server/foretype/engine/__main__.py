"""`python -m foretype.engine`: the engine's process."""

from __future__ import annotations

from foretype.engine.process import main

if __name__ == "__main__":
    main()
