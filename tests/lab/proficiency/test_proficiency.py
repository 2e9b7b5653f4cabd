"""Scores with their borders, censored entries, robust means, and the gate."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.lab.proficiency import algorithm_a, en_scores, huber_proposal_2, laboratory_gate, z_scores, zeta_scores

NAN = float("nan")


def test_scores_by_hand_and_their_borders():
    found = z_scores([12.0, 12.001, 12.999, 13.0, 7.0], 10.0, 1.0)
    assert found.outcome.tolist() == ["satisfactory", "questionable", "questionable", "unsatisfactory", "unsatisfactory"]
    assert set(found.kind) == {"z"}
    # zeta: 2 / sqrt(0.6^2 + 0.8^2); En: 2 / sqrt(1.2^2 + 1.6^2).
    assert zeta_scores(12.0, 0.6, 10.0, 0.8) == pytest.approx(2.0)
    assert en_scores(12.0, 1.2, 10.0, 1.6) == pytest.approx(1.0)


def test_an_uncertain_assigned_value_makes_z_prime():
    # At exactly 0.3 sigma z stands; above, 2 / sqrt(1 + 0.31^2).
    found = z_scores([12.0, 12.0], 10.0, 1.0, [0.3, 0.31])
    assert found.kind.tolist() == ["z", "z'"]
    assert found.score.tolist() == pytest.approx([2.0, 2 / np.sqrt(1.0961)])


@pytest.mark.parametrize(("loq", "outcome"), [(5.0, "false negative"), (10.0, "agrees, below limit"), (NAN, "no result")])
def test_a_censored_entry_has_no_score_but_a_meaning(loq, outcome):
    found = z_scores([NAN], 10.0, 1.0, loq=loq)
    assert (np.isnan(found.score[0]), found.outcome[0]) == (True, outcome)


@pytest.mark.parametrize(("sigma", "u"), [(0.0, 0.1), (NAN, 0.1), (1.0, -0.1)])
def test_a_score_over_nothing_is_refused(sigma, u):
    with pytest.raises(DataRefused, match="A score needs") as refused:
        z_scores([1.0], 1.0, sigma, u)
    assert refused.value.code == "HW-D619"


@given(st.lists(st.floats(1, 100), min_size=5, max_size=30), st.floats(0.1, 10), st.floats(-50, 50))
def test_robust_means_move_with_the_unit_and_the_origin(values, factor, shift):
    for robust in (algorithm_a, huber_proposal_2):
        plain, moved = robust(values), robust([factor * value + shift for value in values])
        assert moved.mean == pytest.approx(factor * plain.mean + shift, rel=1e-6, abs=1e-6)
        assert moved.sd == pytest.approx(factor * plain.sd, rel=1e-6, abs=1e-6)


def test_one_wild_entry_hardly_moves_a_robust_mean():
    good = [9.0, 9.5, 10.0, 10.0, 10.5, 11.0]
    assert algorithm_a([*good, 1e6]).mean == pytest.approx(algorithm_a([*good, 20.0]).mean)
    with pytest.raises(DataRefused, match="at least 3 entries") as refused:
        algorithm_a([1.0, NAN, 2.0])
    assert refused.value.code == "HW-D618"


def entries(laboratory, *rows):
    return [
        {"laboratory": laboratory, "analyte": "ketamine", "year": 2025, "score": score, "outcome": outcome}
        for score, outcome in rows
    ]


def test_the_gate_keeps_out_what_fails_and_does_not_judge_what_was_never_tested():
    good, bad, missed = (0.5, "satisfactory"), (-3.5, "unsatisfactory"), (None, "false negative")
    rows = [
        *entries("A good", good, good, good, bad), *entries("B far", bad, bad, good), *entries("C blind", good, missed, missed),
        *entries("D absent", (None, "no result")), *entries("E below", (None, "agrees, below limit")),
    ]  # fmt: skip
    found = laboratory_gate(pl.DataFrame(rows))
    assert found["verdict"].to_list() == ["use", "keep out", "keep out", "not assessed", "use"]
    assert found["reason"][1] == "the mean score is beyond the warning limit"
    assert found.filter(laboratory="A good")["mean_score"].item() == pytest.approx(-0.5)
    with pytest.raises(DataRefused, match="lacks a column") as refused:
        laboratory_gate(pl.DataFrame(rows).drop("score"))
    assert refused.value.code == "HW-D619"
