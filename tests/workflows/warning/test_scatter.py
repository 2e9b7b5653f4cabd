"""What places are held against: the weeks before, of sites and of the areas of each level."""

import numpy as np

from headworks.warning.evidence.recalibrate import FEWEST
from headworks.workflows.warning.scatter import recalibrated, recalibrated_by_kind
from headworks.workflows.warning.units import Units

SERIES, WEEKS = 100, 40


def history(seed, scale=1.0):
    return scale * np.random.default_rng(seed).standard_normal((SERIES, WEEKS + 1))


def test_a_three_among_the_twice_as_wild_is_no_three():
    z = history(1, 2.0)
    z[0, -1] = 3.0
    # P(|N(0, 2)| ...): 3 is 1.5 of theirs; 4,000 weeks before tell that to about 0.03.
    assert abs(recalibrated(z, WEEKS)[0, -1] - 1.5) < 0.12


def test_places_stay_as_they_are_without_a_past():
    z = np.array([[0.5, np.nan, 3.0]])
    assert np.array_equal(recalibrated(z, 0), z, equal_nan=True)
    assert np.array_equal(recalibrated(z, 2), z, equal_nan=True)


def test_recalibration_is_never_bolder_than_the_law():
    z = history(4, 0.5)
    found = recalibrated(z, WEEKS)
    assert (np.abs(found) <= np.abs(z) + 1e-9).all()


def two_levels(n_counties):
    """Counties, and 200 towns, without a tree: only levels matter here."""
    n = n_counties + 200
    level = np.repeat([3, 4], [n_counties, 200])
    none = np.full(n, -1)
    return Units(tuple(f"a{i}" for i in range(n)), level, none, none, np.full((6, 0), -1))


def normals(n_counties, seed=5):
    """Weeks of counties are drawn from a t law of 3 degrees, those of towns scatter half as widely as they say."""
    rng = np.random.default_rng(seed)
    z = np.vstack([rng.standard_t(3, (n_counties, WEEKS + 1)), 0.5 * rng.standard_normal((200, WEEKS + 1))])
    z[0, -1] = 4.0
    return z[None]


def test_shy_towns_do_not_hide_how_bold_counties_are():
    # 60 counties x 40 weeks are enough to be held against themselves; with towns of half the scatter among them a 4 is rare.
    alone = recalibrated_by_kind(normals(60), two_levels(60), WEEKS)[0, 0, -1]
    few = FEWEST // WEEKS - 1
    among_towns = recalibrated_by_kind(normals(few), two_levels(few), WEEKS)[0, 0, -1]
    assert alone < among_towns - 0.2
