import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.trends.classical import censored_groups


def test_two_groups_by_hand():
    # At 40, 20, 10 the first group has detected 0 of 3/6, 3/5, 3/4: U = 1/2 + 5/6 x 3/5 + 4/6 x 3/4 = 3/2, V = 1/2.
    found = censored_groups([1.0, 2.0, 4.0, 10.0, 20.0, 40.0], [True] + [False] * 5, list("aaabbb"))
    assert found.chi_square == pytest.approx(4.5)
    assert found.degrees_of_freedom == 1


def test_without_non_detects_the_ratio_is_that_of_geometric_means():
    found = censored_groups([1.0, 4.0, 10.0, 40.0], [False] * 4, ["a", "a", "b", "b"])
    assert found.log_ratio == pytest.approx((0.0, np.log(10)))
    assert found.sigma == pytest.approx(np.log(2))


def test_the_order_of_groups_and_the_unit_do_not_matter_to_the_test():
    rng = np.random.default_rng(2)
    values, hidden, group = np.exp(rng.normal(size=90)), rng.random(90) < 0.4, rng.integers(0, 3, 90)
    one, other = censored_groups(values, hidden, group), censored_groups(7 * values, hidden, 2 - group)
    assert (other.chi_square, other.p) == pytest.approx((one.chi_square, one.p))
    assert one.degrees_of_freedom == 2


def test_groups_alike_are_told_apart_as_often_as_stated():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(400):
        truth, limit = np.exp(rng.normal(size=40)), rng.choice([0.5, 1.2], 40)
        p.append(censored_groups(np.maximum(truth, limit), truth < limit, np.arange(40) % 2).p)
    # 5 % of 400 with a standard error of 1.1 %.
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.085


def test_a_group_with_nothing_detected_has_a_test_and_no_ratio():
    found = censored_groups([1.0, 1.0, 5.0, 6.0], [True, True, False, False], ["a", "a", "b", "b"])
    assert found.p < 0.2
    assert np.isnan(found.sigma)
    assert np.isnan(found.log_ratio).all()


@pytest.mark.parametrize(
    ("hidden", "group", "code", "message"),
    [
        ([False] * 3, ["a"] * 3, "HW-D531", "1 group in"),
        ([False] * 3, ["a", "b"], "HW-D531", "2 groups in a list of shape (2,)"),
        ([True] * 3, ["a", "b", "b"], "HW-D532", "0 of 3 detected"),
    ],
)
def test_what_is_no_comparison_is_refused(hidden, group, code, message):
    with pytest.raises(DataRefused) as refused:
        censored_groups([1.0, 2.0, 3.0], hidden, group)
    assert refused.value.code == code
    assert message in str(refused.value)
