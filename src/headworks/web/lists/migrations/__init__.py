"""What the tables of this app went through, oldest first."""
