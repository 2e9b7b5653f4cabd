"""Tags of the operations desk's pages."""
