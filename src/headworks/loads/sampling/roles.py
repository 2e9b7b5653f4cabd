"""What a sample was taken for: a place and day, a check of it, or a blank.

The trap is an empty role: it means routine, so every comparison goes through these functions and none drops it as null.
"""

from __future__ import annotations

import polars as pl

FIELD_BLANK = "field_blank"
BLANK_ROLES = (FIELD_BLANK, "travel_blank")
# A second sample of the same place and day.
REPEAT_ROLES = ("duplicate", "supervisory")


def is_blank(role: pl.Expr) -> pl.Expr:
    """Whether a sample is a blank, which never makes a load.

    Parameters
    ----------
    role
        Column ``role`` of ``samples``; empty means routine.

    Examples
    --------
    >>> frame = pl.DataFrame({"role": ["routine", None, "field_blank"]})
    >>> frame.select(is_blank(pl.col("role")))["role"].to_list()
    [False, False, True]
    """
    return role.cast(pl.String).is_in(BLANK_ROLES).fill_null(value=False)


def is_field_blank(role: pl.Expr) -> pl.Expr:
    """Whether a sample is clean water handled at the site like a sample; a travel blank is not."""
    return role.cast(pl.String).eq(FIELD_BLANK).fill_null(value=False)


def is_repeat(role: pl.Expr) -> pl.Expr:
    """Whether a sample repeats a routine one: a duplicate or a supervisory sample."""
    return role.cast(pl.String).is_in(REPEAT_ROLES).fill_null(value=False)


def is_routine(role: pl.Expr) -> pl.Expr:
    """Whether a sample is the one of its place and day; an empty role is."""
    return ~is_blank(role) & ~is_repeat(role)
