"""Posterior probabilities of list rules as the programme's method notes print them; prior Gamma(0.8), mean 1.2 per mille.

Source: method notes on assessment, section 4.4 (version of 2026); tolerance half a digit of the
last printed.
"""

import pytest

from headworks.assessment.outcomes import p_rate_above


@pytest.mark.parametrize(("events", "people", "printed"), [(3, 800, 0.3218), (30, 8_000, 0.8033), (7, 1_800, 0.5102)])
def test_the_printed_probabilities_of_being_above_three_per_mille(events, people, printed):
    assert p_rate_above(events, people, 0.003, 0.8, 0.0012) == pytest.approx(printed, abs=5e-5)


def test_the_printed_posterior_mean():
    # (0.8 + 7) / (666.667 + 1800) = 3.162 per mille
    assert pytest.approx(3.162e-3, abs=5e-7) == (0.8 + 7) / (0.8 / 0.0012 + 1_800)
