"""A `llama-server` of the user's own, started for a model file where llama-cpp-python is not installed."""
