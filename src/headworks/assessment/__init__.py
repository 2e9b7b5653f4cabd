"""Which list is an area on, and why: rules as dated data, fair comparison, and whether what was done worked."""
