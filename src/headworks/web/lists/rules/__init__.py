"""Rule sets: proposed, tried, brought into force by another person."""
