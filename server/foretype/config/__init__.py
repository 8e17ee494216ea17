"""Settings: parsed once from every source, resolved once into a frozen value."""
