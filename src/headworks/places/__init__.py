"""The network: areas with dated codes, sites, catchments, populations, boundaries."""
