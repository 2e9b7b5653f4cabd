"""The reduced form of studies/warning_budget.py: z as the budget is promised them, and one small province of the study."""

import numpy as np
from studies.warning_budget import Injected, province, residuals, score

from headworks.warning.budget import Budget, follow_weeks, recent_p, units_of

YEARS, WEEKS = 100, 52


def counties():
    """Province 0, counties 1 to 4 with 5 sites each."""
    return units_of([-1] + [0] * 4 + [1 + i // 5 for i in range(20)], [1] + [3] * 4 + [6] * 20)


def normals(rng, units, shift):
    """z of a drug: sites share a third of their variance, areas are their roll-up; sites of county 1 shift from week 30 on."""
    shared, own = rng.normal(size=(1, 1, WEEKS)), rng.normal(size=(20, 1, WEEKS))
    sites = np.sqrt(1 / 3) * shared + np.sqrt(2 / 3) * own
    sites[:5, 0, 30:] += shift
    county = sites.reshape(4, 5, 1, WEEKS).mean(axis=1) / np.sqrt(1 / 3 + 2 / 15)
    top = sites.mean(axis=0, keepdims=True) / np.sqrt(1 / 3 + 2 / 60)
    return np.concatenate([top, county, sites])


def test_where_sites_share_a_third_the_share_of_false_stays_within_the_budget_at_each_level():
    # 100 years: a share of 0.1 is known to sqrt(0.1 x 0.9 / 100) = 0.03; three of them are allowed.
    rng, units = np.random.default_rng(11), counties()
    false_share = {level: [] for level in (1, 3, 6)}
    for year in range(YEARS):
        shift = 2.0 * (year % 2)
        events, _ = follow_weeks(recent_p(normals(rng, units, shift)), units, Budget(0.1))
        changed = {0, 1, *range(5, 10)} if shift else set()
        for level, shares in false_share.items():
            at = [one.unit not in changed or one.first_week < 30 for one in events if units.level[one.unit] == level]
            shares.append(np.mean(at) if at else 0.0)
    for shares in false_share.values():
        assert np.mean(shares) <= 0.1 + 3 * 0.03


def test_a_doubled_county_of_a_small_province_is_found_and_little_else_is():
    rng = np.random.default_rng(12)
    where = province(rng, cities=2, counties=3)
    county = int(np.flatnonzero(where.units.level == 3)[1])
    injected = [Injected("county", county, drug, 40) for drug in (0, 2)]
    # No odd batch: in so small a province one batch is all of it, and cannot be told from a change (see shared_cause).
    course = residuals(where, injected, 10, rng, weeks=50, odd=0)
    outcome = score(where, injected, course, recent_p(course.z))
    assert [found for _, found, _ in outcome.found] == [True, True]
    assert outcome.false.sum() <= 1
