"""One module per kind of file: its bytes become raw tables, text cells with the row they came from."""
