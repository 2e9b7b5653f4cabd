import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.composite import composite_index
from headworks.core.errors import DataRefused, UsageError

X = np.array([[1.0, 9.0], [2.0, 3.0], [4.0, 6.0]])


def test_geometric_by_hand():
    # Area 0: 0 and 1 -> 0.01^0.5 x 1^0.5 = 0.1.
    assert composite_index(X, [1, 1], aggregation="geometric").score[0] == pytest.approx(0.1)


def test_ranks_as_scale_by_hand():
    assert composite_index(X, [1, 1], normalisation="rank").score == pytest.approx([0.5, 0.25, 0.75])


@given(st.floats(0.01, 100), st.floats(-50, 50), st.sampled_from(["min_max", "z_score", "rank"]))
def test_units_of_indicators_do_not_matter(factor, shift, normalisation):
    one = composite_index(X, [2, 1], normalisation=normalisation)
    other = composite_index(X * [factor, 1] + [shift, 0], [2, 1], normalisation=normalisation)
    assert other.score == pytest.approx(one.score, abs=1e-9)


@pytest.mark.parametrize("normalisation", ["min_max", "z_score"])
def test_good_news_is_bad_news_with_the_other_sign(normalisation):
    turned = composite_index(X * [1, -1], [2, 1], [False, True], normalisation)
    assert turned.score == pytest.approx(composite_index(X, [2, 1], False, normalisation).score)


def test_what_makes_no_index_is_refused():
    with pytest.raises(DataRefused, match=r"same in all areas.*column 2"):
        composite_index([[1.0, 5.0], [2.0, 5.0]], [1, 1])
    with pytest.raises(DataRefused, match="at least 0 and not all 0"):
        composite_index(X, [1, -1])
    with pytest.raises(DataRefused, match="do not make an index"):
        composite_index([[1.0, np.nan], [2.0, 5.0]], [1, 1])
    with pytest.raises(UsageError, match="One of: additive"):
        composite_index(X, [1, 1], normalisation="z_score", aggregation="geometric")
