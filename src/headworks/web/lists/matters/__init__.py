"""Appeals and acceptances: raised by one person, decided by another."""
