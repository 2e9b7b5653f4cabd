"""What the public's pages are made of: figures that are out, words, pictures, files, and the memory of pages made before."""
