"""`foretype serve`: completions and chat on loopback, in OpenAI's words, over the flows that editors use."""
