"""Headworks: from sewage samples to the drug situation of an area."""

__version__ = "0.1.0"
