"""Limits by every rule, the one used, and what it is for a sample; published numbers stand in tests/published."""

import numpy as np
import pytest
from scipy.optimize import brentq

from headworks.core.errors import DataRefused
from headworks.lab import fit_calibration
from headworks.lab.limits import (
    Limit,
    choose_limit,
    limit_from_blanks,
    limit_from_iso_11843,
    limit_from_line,
    limit_from_lowest_level,
    limit_from_signal_to_noise,
    limit_from_spikes,
    peak_to_peak,
    sample_limits,
)

X = np.arange(10.0)
Y = np.array([0.2, 1.9, 4.1, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, 17.9])


def test_all_rules_are_offered_and_the_one_used_is_named():
    blanks = [0.8, 1.1, 0.9, 1.3, 1.0, 0.7, 1.2]
    found = [
        limit_from_signal_to_noise(2.0, peak_to_peak(50.0, 5.0)), limit_from_blanks(blanks), limit_from_spikes(blanks),
        limit_from_line(X, Y), limit_from_iso_11843(X, Y), limit_from_lowest_level(fit_calibration(X[1:], Y[1:], "1/x"), X[1:]),
    ]  # fmt: skip
    assert len({limit.rule for limit in found}) == 6
    assert all(limit.basis for limit in found)
    assert choose_limit(found, "EPA MDL") is found[2]
    with pytest.raises(DataRefused, match="No limit was computed by this rule") as refused:
        choose_limit(found, "mine")
    assert refused.value.code == "HW-D611"


def test_limits_scale_with_the_unit():
    for rule in (limit_from_blanks, limit_from_spikes):
        one, ten = rule([1, 2, 3, 2, 1, 2, 3]), rule([10, 20, 30, 20, 10, 20, 30])
        assert ten.lod == pytest.approx(10 * one.lod)
    assert limit_from_iso_11843(10 * X, Y).loq == pytest.approx(10 * limit_from_iso_11843(X, Y).loq)


def test_the_higher_of_spikes_and_blanks_is_the_mdl():
    spikes, blanks = [1.9, 2.2, 2.0, 2.4, 1.8, 2.1, 2.3], [0.1, 0.9, 0.2, 0.8, 0.1, 0.9, 0.5]
    # Mean 0.5, s sqrt(0.82 / 6) = 0.369685, t(0.99, 6) = 3.142668: 1.6618.
    assert limit_from_spikes(spikes, blanks).lod == pytest.approx(0.5 + 3.142668 * np.sqrt(0.82 / 6), rel=1e-6)
    assert limit_from_spikes(spikes, [0.0] * 7).lod == limit_from_spikes(spikes).lod


def test_the_quantification_limit_of_din_32645_solves_its_implicit_equation():
    fit = fit_calibration(X, Y, "1")
    t, spread = 2.306004135, ((X - 4.5) ** 2).sum()

    def gap(x):
        return x - 3 * t * fit.s / fit.slope * np.sqrt(1 + 0.1 + (x - 4.5) ** 2 / spread)

    assert limit_from_iso_11843(X, Y).loq == pytest.approx(brentq(gap, 0, 9), rel=1e-8)
    assert limit_from_iso_11843(X, Y, replicates=4).critical < limit_from_iso_11843(X, Y).critical


def test_the_scatter_of_the_intercept_gives_the_lower_limit_of_the_two_here():
    fit = fit_calibration(X, Y, "1")
    assert limit_from_line(X, Y, "intercept").lod == pytest.approx(3.3 * fit.intercept_error / fit.slope)


def test_the_lowest_level_must_scatter_little_as_well():
    x = np.array([1, 1, 2, 2, 5, 5, 10, 10, 20, 20, 50, 50.0])
    y = 2 * x * np.array([0.81, 1.19, 1.05, 0.95] + [1.0] * 8)
    fit = fit_calibration(x, y, "1/x2")
    assert fit.lowest == 1
    # Level 1 has s = 0.38 / sqrt(2) = 27 %.
    assert limit_from_lowest_level(fit, x).loq == 2
    assert np.isnan(limit_from_lowest_level(fit_calibration([], []), []).loq)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (lambda: limit_from_blanks([1.0]), "HW-D612"),
        (lambda: limit_from_spikes([1, 2, 3, 4, 5, 6]), "HW-D612"),
        (lambda: limit_from_spikes([1, 2, 3, 4, 5, 6, np.nan]), "HW-D612"),
        (lambda: limit_from_signal_to_noise(0.0, 3.0), "HW-D612"),
        (lambda: limit_from_blanks([0.0, 0.0, 0.0]), "HW-D613"),
        (lambda: limit_from_line([1, 2], [1, 2]), "HW-D614"),
        (lambda: limit_from_line([1, 2, 3, 4], [4, 3, 2, 1]), "HW-D614"),
    ],
)
def test_a_limit_that_rests_on_nothing_is_refused(limit, code):
    with pytest.raises(DataRefused) as refused:
        limit()
    assert refused.value.code == code


def test_limits_of_samples_follow_dilution_enrichment_and_recovery():
    found = sample_limits(
        Limit("x", lod=1.0, loq=3.0), dilution=[1, 2], enrichment=10, recovery=0.5, apply_recovery=True,
        standard_added="after_extraction",
    )  # fmt: skip
    assert (found.lod.tolist(), found.loq.tolist(), found.rule) == ([0.2, 0.4], pytest.approx([0.6, 1.2]), "x")
