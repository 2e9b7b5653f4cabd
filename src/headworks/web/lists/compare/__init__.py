"""Areas of one level held against each other."""
