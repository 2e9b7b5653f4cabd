"""One module per foreign format: which of its columns mean what, and what it leaves unsaid."""
