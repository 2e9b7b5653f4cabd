"""Is this more than chance? Exceedance, change, clusters and first appearances under one budget of false alarms."""
