"""Figures as pages need them: rows of an area, a site or a map, as the reader may see them, in a moment.

In: the sets that :mod:`headworks.jobs.serving` prepared, and a reader. Out: frames; every row went through the tiers when the
set was made, and through the policy when it is read.
"""
