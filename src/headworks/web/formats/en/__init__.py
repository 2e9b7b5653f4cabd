"""English, as it is read in every country: the day is never taken for the month."""
