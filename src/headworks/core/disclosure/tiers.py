"""Who may see what: the tiers of readers and the rule of each.

A catchment's residents are a group, never persons; the smaller the group, the nearer it comes to persons. So a figure is
shown to a reader only when the people behind it number at least the floor of the reader's tier, come from at least so many
sites, and are not nearly all those of one site. A population that is not known is too small for every tier but the analyst's.

``steward`` is no tier of readers: it is who keeps the workspace and sees all of it, under no floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import KINDS, PeriodKind

Tier = Literal["public", "partner", "analyst"]
STEWARD = "steward"

# Conventions of a workspace, not literature: each can be set, and every report names those it was made with.
DEFAULT_FLOORS: dict[Tier, int] = {"public": 20_000, "partner": 5_000, "analyst": 1_000}
# A named site, published by consent of its health authority, stands alone before any tier.
DEFAULT_SITES: dict[Tier, int] = {"public": 2, "partner": 1, "analyst": 1}
# Share of the people above which a figure is nearly that of its largest site.
DEFAULT_DOMINANCE: dict[Tier, float] = {"public": 0.9, "partner": 0.9, "analyst": 1.0}
# The shortest period of which a tier sees figures.
DEFAULT_DETAIL: dict[Tier, PeriodKind] = {"public": "quarter", "partner": "week", "analyst": "day"}


@dataclass(frozen=True)
class TierRule:
    """What a figure needs to be shown to a tier.

    Attributes
    ----------
    floor
        Residents behind the figure, at least.
    min_sites
        Independent sites behind it, at least; one named site with residents enough stands for all.
    dominance
        Share of the largest site in the residents, at most, unless that site or all the others could be shown alone.
    detail
        Shortest period.
    shows_institutions, shows_unknown
        Whether a site that is an institution counts and may be shown, and a site of unknown population.
    """

    tier: str
    floor: int
    min_sites: int
    dominance: float
    detail: PeriodKind
    shows_institutions: bool
    shows_unknown: bool

    @property
    def is_open(self) -> bool:
        """Whether nothing is withheld: the steward's."""
        return self.tier == STEWARD

    def holds_back(self, kind: str) -> bool:
        """Whether periods of a kind are shorter than the tier sees.

        Examples
        --------
        >>> tier_rule("public").holds_back("month"), tier_rule("public").holds_back("quarter")
        (True, False)
        """
        return KINDS.index(kind) < KINDS.index(self.detail)


def require_tier(tier: str) -> None:
    """Refuse a name that is no tier and not the steward's.

    Raises
    ------
    UsageError
        ``HW-U004``.
    """
    known = [*DEFAULT_FLOORS, STEWARD]
    if tier not in known:
        raise UsageError(
            "There is no such tier of readers.", found=tier, remedy="Give one of " + ", ".join(known), code="HW-U004"
        )


def tier_rule(
    tier: str,
    *,
    floors: Mapping[str, int] | None = None,
    sites: Mapping[str, int] | None = None,
    dominance: Mapping[str, float] | None = None,
    detail: Mapping[str, str] | None = None,
) -> TierRule:
    """The rule of a tier; what is not said has its default.

    Raises
    ------
    UsageError
        ``HW-U004`` for a tier that does not exist.

    Examples
    --------
    >>> rule = tier_rule("public", floors={"public": 50_000})
    >>> rule.floor, rule.min_sites, rule.detail
    (50000, 2, 'quarter')
    """
    require_tier(tier)
    if tier == STEWARD:
        return TierRule(STEWARD, 0, 0, 1.0, "day", shows_institutions=True, shows_unknown=True)
    name = cast("Tier", tier)
    return TierRule(
        tier=tier,
        floor=publication_floor(tier, floors),
        min_sites=(sites or {}).get(tier, DEFAULT_SITES[name]),
        dominance=(dominance or {}).get(tier, DEFAULT_DOMINANCE[name]),
        detail=cast("PeriodKind", (detail or {}).get(tier, DEFAULT_DETAIL[name])),
        shows_institutions=tier == "analyst",
        shows_unknown=tier == "analyst",
    )


def publication_floor(tier: str, floors: Mapping[str, int] | None = None) -> int:
    """Residents below which the tier is shown nothing; 0 for the steward.

    Raises
    ------
    UsageError
        ``HW-U004`` for a tier that does not exist.

    Examples
    --------
    >>> publication_floor("public")
    20000
    """
    require_tier(tier)
    known: dict[str, int] = {STEWARD: 0, **{str(name): floor for name, floor in DEFAULT_FLOORS.items()}, **(floors or {})}
    return int(known[tier])


def is_suppressed(population: pl.Expr, floor: int, *, tier: str) -> pl.Expr:
    """True where the people behind a figure are fewer than the floor, or unknown (analysts see the unknown).

    Examples
    --------
    >>> people = pl.DataFrame({"population": [19_999, 20_000, None]})
    >>> people.select(is_suppressed(pl.col("population"), 20_000, tier="public")).to_series().to_list()
    [True, False, True]
    """
    return (population < floor).fill_null(tier not in ("analyst", STEWARD))
