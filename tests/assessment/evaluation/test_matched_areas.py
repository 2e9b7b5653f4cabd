import numpy as np
import pytest

from headworks.assessment.evaluation import matched_comparison
from headworks.core.errors import DataRefused

SIZE = [[1.0], [2.0], [1.1], [2.1], [5.0], [6.0], [7.0]]
LISTED = [True, True] + [False] * 5


def test_an_area_that_stands_in_twice_counts_twice():
    found = matched_comparison([[1.0], [1.2], *SIZE[2:]], [-1.0, -2.0, 0.5, 9, 9, 9, 9], LISTED, n_matches=1)
    assert found.matches.tolist() == [[2], [2]]
    assert found.effect == pytest.approx(-2.0)


def test_the_interval_is_welch_s_by_hand():
    # s_listed^2 / 2 = 0.25; unlisted changes 0 -1 1 0 0: variance 0.5, weights 1/2 and 1/2: 0.25. Welch: 0.25 / (0.0625 + 0.015625).
    found = matched_comparison(SIZE, [-1.0, -2.0, 0.0, -1.0, 1.0, 0.0, 0.0], LISTED, n_matches=1)
    assert found.effect == pytest.approx(-1.0)
    from scipy.stats import t

    assert found.upper - found.effect == pytest.approx(t.ppf(0.975, 3.2) * np.sqrt(0.5))


def test_a_common_course_is_no_effect():
    change = np.array([-1.0, -2.0, 0.0, -1.0, 1.0, 0.0, 0.0])
    one, other = (matched_comparison(SIZE, change + shift, LISTED) for shift in (0.0, 5.0))
    assert other.effect == pytest.approx(one.effect)


def test_an_area_like_no_other_is_seen_by_its_distance():
    found = matched_comparison([[50.0], *SIZE[1:]], [0.0] * 7, LISTED, n_matches=1)
    assert found.farthest[0] > 2 > 0.1 > found.farthest[1]


def test_nothing_to_match_with_is_refused():
    with pytest.raises(DataRefused, match=r"nothing to match with.*1 listed"):
        matched_comparison(SIZE, [0.0] * 7, [True] + [False] * 6)
    with pytest.raises(DataRefused, match="6 matches"):
        matched_comparison(SIZE, [0.0] * 7, LISTED, n_matches=6)
