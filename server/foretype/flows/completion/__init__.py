"""Ghost text: from a place in a document to what may be written there."""
