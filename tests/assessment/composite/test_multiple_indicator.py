import numpy as np
import pytest

from headworks.assessment.composite import multiple_indicator
from headworks.core.errors import DataRefused

X = np.array([[1.0, 2.0], [2.0, 3.9], [3.0, 6.2], [4.0, 8.1], [5.0, 9.7], [9.0, 18.0]])
ANCHOR = np.array([1.1, np.nan, 2.9, 4.2, 4.9, np.nan])


def test_the_line_is_that_of_least_squares():
    found = multiple_indicator(X, ANCHOR)
    known = np.isfinite(ANCHOR)
    slope, intercept = np.polyfit(found.score[known], ANCHOR[known], 1)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept))


def test_units_of_indicators_do_not_matter():
    assert multiple_indicator(X * [10, 0.1], ANCHOR).predicted == pytest.approx(multiple_indicator(X, ANCHOR).predicted)


def test_what_is_doubtful_is_said():
    found = multiple_indicator(X, ANCHOR, counts_activity=[False, True])
    assert found.is_extrapolated.tolist() == [False] * 5 + [True]
    assert found.doubts == [
        "4 anchors leave 2 degrees of freedom",
        "1 areas lie beyond the anchors",
        "1 of the indicators count activity, not need",
    ]
    assert "prevalence falls as the indicators rise" in multiple_indicator(X, -ANCHOR).doubts


def test_the_prediction_interval_holds_its_level():
    # 600 sets of 6 anchors: standard error of 95 % is 0.9 points.
    rng, hits = np.random.default_rng(1), []
    for _ in range(600):
        x = rng.standard_normal((12, 1))
        truth = 2 + x[:, 0] + 0.3 * rng.standard_normal(12)
        found = multiple_indicator(x, np.where(np.arange(12) < 6, truth, np.nan))
        hits.append(found.lower[6] <= truth[6] <= found.upper[6])
    assert np.mean(hits) == pytest.approx(0.95, abs=0.036)


def test_what_has_no_anchors_is_refused():
    with pytest.raises(DataRefused, match=r"Too few areas have an estimate.*2 anchors"):
        multiple_indicator(X, [1.0, 2.0, *[np.nan] * 4])
    with pytest.raises(DataRefused, match="do not fit"):
        multiple_indicator(X, [1.0, 2.0])
    with pytest.raises(DataRefused, match="Populations do not fit"):
        multiple_indicator(X, ANCHOR).total([1.0])
