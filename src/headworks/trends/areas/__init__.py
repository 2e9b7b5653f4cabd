"""From sites to areas: which catchments are added, what they sum to, and how sure the sum is."""
