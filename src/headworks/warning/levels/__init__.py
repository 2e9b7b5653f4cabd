"""Levels for the public: five words from published cut points, and a class where there is no word."""

from headworks.warning.levels.public_words import area_levels, site_levels

__all__ = ["area_levels", "site_levels"]
