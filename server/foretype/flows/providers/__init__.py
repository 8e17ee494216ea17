"""Where models come from: one interface for the router, declared servers, local files and the own code."""
