"""One command a file, called as the file."""
