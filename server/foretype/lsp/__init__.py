"""Editor event in, answer out: the only importer of pygls and lsprotocol."""
