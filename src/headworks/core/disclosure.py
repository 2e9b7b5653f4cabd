"""Below which size nothing is shown, and to whom.

A catchment's residents are a group, never persons; the smaller the group, the nearer it comes to persons. So a figure is
shown to a reader only when the people behind it number at least the floor of the reader's tier. A population that is not
known is treated as too small for every tier but the analyst's.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from headworks.core.errors import UsageError

Tier = Literal["public", "partner", "analyst"]

# Residents. A workspace may set its own; every report names the floor it was made with.
DEFAULT_FLOORS: dict[Tier, int] = {"public": 20_000, "partner": 5_000, "analyst": 1_000}


def publication_floor(tier: str, floors: dict[str, int] | None = None) -> int:
    """Residents below which the tier is shown nothing.

    Raises
    ------
    UsageError
        ``HW-U004`` for a tier that does not exist.

    Examples
    --------
    >>> publication_floor("public")
    20000
    """
    known: dict[str, int] = {**{str(name): floor for name, floor in DEFAULT_FLOORS.items()}, **(floors or {})}
    if tier not in known:
        raise UsageError(
            "There is no such tier of readers.", found=tier, remedy="Give one of " + ", ".join(known), code="HW-U004"
        )
    return int(known[tier])


def is_suppressed(population: pl.Expr, floor: int, *, tier: str) -> pl.Expr:
    """True where the people behind a figure are fewer than the floor, or unknown (analysts see the unknown).

    Examples
    --------
    >>> people = pl.DataFrame({"population": [19_999, 20_000, None]})
    >>> people.select(is_suppressed(pl.col("population"), 20_000, tier="public")).to_series().to_list()
    [True, False, True]
    """
    return (population < floor).fill_null(tier != "analyst")
