"""Small provinces with sites, sampled now and then, as ``protect`` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure.spans import longer_periods, with_kind
from headworks.core.periods import KINDS

UNIT = ["unit_kind", "unit_id"]


class Province(NamedTuple):
    figures: pl.DataFrame
    members: pl.DataFrame
    sites: pl.DataFrame


def flags(people: dict[str, float], *, named: Iterable[str] = (), institutions: Iterable[str] = ()) -> pl.DataFrame:
    names = sorted(people)
    return pl.DataFrame(
        {
            "site_id": names,
            "is_named": [one in set(named) for one in names],
            "is_institution": [one in set(institutions) for one in names],
        }
    )


def province(
    areas: dict[str, str],
    people: dict[str, float],
    *,
    sampled: dict[str, Iterable[str]] | None = None,
    named: Iterable[str] = (),
    institutions: Iterable[str] = (),
    sites_shown: bool = False,
) -> Province:
    """``areas``: which sites each area holds, as a text of letters; ``sampled``: by period, all sites in 2026 when not said."""
    rows = []
    for period, present in (sampled or {"2026": people}).items():
        for area, held in areas.items():
            rows += [("area", area, period, site, site, people[site]) for site in held if site in set(present)]
        if sites_shown:
            rows += [("site", site, period, site, site, people[site]) for site in people if site in set(present)]
    members = pl.DataFrame(rows, schema=[*UNIT, "period", "atom", "site_id", "people"], orient="row")
    return Province(figures_of(members), members, flags(people, named=named, institutions=institutions))


def figures_of(members: pl.DataFrame) -> pl.DataFrame:
    return members.group_by(*UNIT, "period", maintain_order=True).agg(population=pl.col("people").sum())


def random_province(
    seed: int, *, n_sites: int = 12, kinds: tuple[str, ...] = ("quarter", "half_year", "year"), sites_shown: bool = True,
    crossing: bool = False, missing: float = 0.15, scale: float = 20_000.0,
) -> Province:  # fmt: skip
    """Three levels and sites of all sizes; each site misses some of the shortest periods; with ``crossing``, areas that cross."""
    rng = np.random.default_rng(seed)
    sites = [f"s{i:02d}" for i in range(n_sites)]
    people = {site: float(np.round(scale * rng.lognormal(-0.7, 1.2))) for site in sites}
    county = {site: f"C{rng.integers(0, 4)}" for site in sites}
    town = {site: f"{county[site]}T{rng.integers(0, 3)}" for site in sites}
    areas: dict[str, set[str]] = {"P": set(sites)}
    for site in sites:
        areas.setdefault(county[site], set()).add(site)
        areas.setdefault(town[site], set()).add(site)
    if crossing:
        for number in range(2):
            areas[f"X{number}"] = {str(one) for one in rng.choice(sites, size=int(rng.integers(2, 6)), replace=False)}
    shortest = min(kinds, key=KINDS.index)
    labels = {
        "year": ["2026", "2027"],
        "half_year": ["2026-H1", "2026-H2"],
        "quarter": [f"2026-Q{i}" for i in range(1, 5)],
        "month": [f"2026-{i:02d}" for i in range(1, 13)],
        "week": [f"2026-W{i:02d}" for i in range(2, 15)],
    }[shortest]
    present = {label: {site for site in sites if rng.random() > missing} for label in labels}
    for kind in kinds:
        if kind != shortest:
            for label, longer in longer_periods(labels, kind).rows():
                present.setdefault(longer, set()).update(present[label])
    held = {area: sorted(inside) for area, inside in areas.items()}
    named = [site for site in sites if rng.random() < 0.2]
    institutions = [site for site in sites if rng.random() < 0.1 and site not in named]
    rows = []
    for period, here in present.items():
        for area, inside in held.items():
            rows += [("area", area, period, site, site, people[site]) for site in inside if site in here]
        if sites_shown:
            rows += [("site", site, period, site, site, people[site]) for site in sorted(here)]
    members = pl.DataFrame(rows, schema=[*UNIT, "period", "atom", "site_id", "people"], orient="row")
    return Province(figures_of(members), members, flags(people, named=named, institutions=institutions))


def shown(protected: pl.DataFrame) -> pl.DataFrame:
    return protected.filter(~pl.col("is_suppressed")).select(*UNIT, "period")


def kinds_of(frame: pl.DataFrame) -> list[str]:
    return with_kind(frame)["period_kind"].unique().to_list()
