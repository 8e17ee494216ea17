"""Backend: one frozen request in, a stream of deltas out, foreign errors mapped once on the way."""
