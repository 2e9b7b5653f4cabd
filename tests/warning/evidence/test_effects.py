import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.warning.evidence import (
    drop_evidence,
    exceedance_evidence,
    p_to_e,
    ratio_evidence,
    rise_evidence,
    scatter_evidence,
    shift_evidence,
)

KINDS = [exceedance_evidence, rise_evidence, drop_evidence, scatter_evidence, ratio_evidence]


@pytest.mark.parametrize("evidence", KINDS)
def test_a_bet_is_fair_while_nothing_changes(evidence):
    z = np.linspace(-14, 18, 64_001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    assert (evidence(z) * density).sum() * (z[1] - z[0]) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("evidence", KINDS)
def test_a_missing_week_says_nothing(evidence):
    assert evidence([float("nan")]).tolist() == [1.0]


def test_a_shift_by_hand():
    # (exp(1 x 2 - 1/2) + exp(2 x 2 - 2)) / 2 = (4.4817 + 7.3891) / 2
    assert shift_evidence([2.0], (1.0, 2.0)).item() == pytest.approx(5.9354, abs=1e-4)


def test_a_slow_rise_shows_over_twenty_weeks_and_not_in_one():
    z = np.full(20, 0.8)
    assert rise_evidence(z)[0] < 1.5
    assert rise_evidence(z).prod() > 100
    assert drop_evidence(z).prod() < 0.01


def test_wide_and_narrow_scatter_both_speak():
    wide, narrow = np.array([3.0, -3.0, 2.5]), np.full(30, 0.1)
    assert scatter_evidence(wide).prod() > 50
    assert np.mean([np.prod(np.exp(narrow**2 * (1 - s**-2.0) / 2) / s) for s in (0.5,)]) > 1e6


@given(st.floats(-6, 6))
def test_a_ratio_speaks_alike_in_both_directions(z):
    assert ratio_evidence([z]).item() == pytest.approx(ratio_evidence([-z]).item())


@pytest.mark.parametrize("kappa", [0.2, 0.5, 0.9])
def test_evidence_of_uniform_p_values_is_one_on_average(kappa):
    # The integral of kappa p^(kappa - 1) from a to 1 is 1 - a^kappa.
    p = np.geomspace(1e-8, 1.0, 200_001)
    value = p_to_e(p, kappa)
    assert np.sum((value[1:] + value[:-1]) / 2 * np.diff(p)) == pytest.approx(1 - 1e-8**kappa, abs=1e-5)


def test_no_p_value_says_nothing_and_kappa_has_bounds():
    assert p_to_e([float("nan")]).tolist() == [1.0]
    with pytest.raises(UsageError, match=r"kappa lies between 0 and 1\. Found: 1\.0"):
        p_to_e([0.1], 1.0)
