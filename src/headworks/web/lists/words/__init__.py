"""What lists, criteria and outcomes are called, in the reader's language."""
