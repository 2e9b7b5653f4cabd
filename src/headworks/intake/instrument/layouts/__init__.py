"""The cells of an export, where its header is, and what each column means: one module per shape of table."""
