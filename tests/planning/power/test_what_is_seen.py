from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.planning.power import (
    PowerQuestion,
    SamplingDays,
    compare_plans,
    fewest_days,
    plan_power,
    reference_scatter,
    simulate_power,
)
from headworks.planning.power.what_is_seen import change_power, share_concentration

SCATTER = reference_scatter()


def ask(days=2, per="week", weekdays="rotating", **more) -> PowerQuestion:
    scatter = replace(SCATTER, **more.pop("scatter", {}))
    return PowerQuestion(SamplingDays(days, per, weekdays), scatter, **more)


def test_a_smallest_change_by_hand():
    # Independent results of 20 %, no days: se = sqrt(2 ln(1.04) / 52) = 0.03884; (1.95996 + 0.84162) se = 0.10881.
    quiet = {"day_sd": 0.0, "weekend_ratio": 1.0, "u_day": 0.2, "u_batch": 0.0, "u_site": 0.5}
    found = plan_power(ask(1, scatter=quiet))
    assert found.change_se == pytest.approx(0.03884, abs=1e-5)
    assert found.rise == pytest.approx(np.exp(0.10881) - 1, abs=2e-5)
    assert found.fall == pytest.approx(1 - np.exp(-0.10881), abs=2e-5)


def test_the_smallest_change_is_seen_with_the_power_it_was_asked_for():
    found = plan_power(ask())
    assert plan_power(ask(change=found.rise)).power_for_change == pytest.approx(0.8, abs=1e-6)
    assert plan_power(ask(change=-found.fall)).power_for_change == pytest.approx(0.8, abs=1e-6)


def test_no_change_is_seen_as_often_as_alpha_says():
    assert change_power(0.0, 0.1, 0.05) == pytest.approx(0.05)


def test_a_site_error_widens_a_level_and_no_change():
    rough, fine = plan_power(ask(scatter={"u_site": 0.3})), plan_power(ask(scatter={"u_site": 0.0}))
    assert rough.level_se**2 - fine.level_se**2 == pytest.approx(np.log(1.09))
    assert rough.change_se == fine.change_se


@settings(max_examples=15)
@given(st.integers(1, 6), st.floats(0.1, 0.6), st.floats(0.0, 0.8), st.floats(0.0, 0.9))
def test_a_day_more_a_week_never_sees_less(days, day_sd, correlation, nondetects):
    scatter = {"day_sd": day_sd, "day_correlation": correlation, "nondetects": nondetects, "weekend_ratio": 1.0}
    few, many = (plan_power(ask(d, period="quarter", years=1, scatter=scatter)) for d in (days, days + 1))
    assert many.change_se <= few.change_se + 1e-12
    # Of batches, a week with more days may have one of another size; the rest only falls.
    assert many.level_se <= few.level_se * 1.001


def test_many_sites_leave_only_what_they_share():
    shared = {"shared_days": 0.0, "u_batch": 0.0, "u_site": 0.0, "between_sites": 0.0}
    one, many = (plan_power(ask(n_sites=n, scatter=shared)) for n in (1, 10_000))
    assert many.change_se == pytest.approx(one.change_se / 100, rel=2e-3)
    bound = plan_power(ask(n_sites=10_000)).change_se
    assert bound > 3 * many.change_se


def test_half_the_people_covered_leave_the_spread_between_sites():
    # psi1(16) - psi1(32) with h = 0.5, S = 4, c = 0.5; psi1(n) = 1/n + 1/(2 n^2) + 1/(6 n^3): 0.064494 - 0.031743.
    quiet = {"between_sites": 0.5}
    whole, half = (plan_power(ask(n_sites=4, coverage=c, scatter=quiet)) for c in (1.0, 0.5))
    assert half.level_se**2 - whole.level_se**2 == pytest.approx(0.032751, abs=2e-6)
    assert half.change_se > whole.change_se


def test_shares_of_sites_concentrate_as_gamma_levels_do():
    rng = np.random.default_rng(8)
    levels = rng.gamma(1 / 0.81, 0.81, (40_000, 5))
    shares = levels / levels.sum(axis=1, keepdims=True)
    assert (shares**2).sum(axis=1).mean() == pytest.approx(share_concentration(5, 0.9), abs=0.004)


def test_parts_of_the_variance_add_up():
    found = plan_power(ask(n_sites=7, coverage=0.8, scatter={"nondetects": 0.3}))
    assert sum(found.level_parts.values()) == pytest.approx(1.0)
    assert sum(found.change_parts.values()) == pytest.approx(1.0)
    assert found.change_parts["site"] == 0.0


def test_the_fewest_days_are_the_first_that_see_the_change():
    asked = ask(1, change=0.15)
    plan = fewest_days(asked)
    seen = [power.power_for_change >= 0.8 for _, power in compare_plans(asked, [SamplingDays(d) for d in range(1, 8)])]
    assert plan.days == seen.index(True) + 1


def test_no_number_of_days_sees_a_change_of_one_percent_in_a_week():
    assert fewest_days(ask(period="week", change=0.01)) is None


def test_the_fewest_days_in_a_row_come_in_whole_weeks():
    assert fewest_days(ask(7, "quarter", change=0.3)).days == 21


@pytest.mark.parametrize(
    "broken",
    [
        {"period": "decade"}, {"n_sites": 0}, {"coverage": 0.0}, {"coverage": 1.1}, {"years": 0}, {"alpha": 0.0},
        {"power": 0.04}, {"power": 1.0}, {"change": 0.0}, {"change": -1.0}, {"change": float("nan")},
    ],
)  # fmt: skip
def test_a_question_without_an_answer_is_refused(broken):
    with pytest.raises(UsageError, match="cannot be asked of a plan") as refused:
        plan_power(ask(**broken))
    assert refused.value.code == "HW-U185"


# The reduced form of studies/planning_power.py. With 800 replicates a standard error is known to 2.5 %; four of them allowed.
@pytest.mark.parametrize(
    "asked",
    [
        ask(7, "quarter", period="quarter", years=1, change=0.3),
        ask(1, weekdays="working", period="quarter", years=1, change=0.3, scatter={"weekend_ratio": 1.6}),
        ask(2, weekdays="random", period="quarter", years=1, change=0.3, scatter={"weekend_ratio": 1.6}),
        ask(2, period="quarter", years=1, change=0.3, scatter={"nondetects": 0.6}),
        ask(2, period="quarter", years=1, change=0.2, n_sites=5, coverage=0.6),
        ask(3, period="month", years=1, change=0.2, n_sites=4,
            scatter={"samples_per_batch": 2, "u_batch": 0.2, "between_sites": 0.4, "shared_days": 0.4}),
    ],
    ids=["a row", "Tuesdays", "random", "non-detects", "half covered", "small batches"],
)  # fmt: skip
def test_formula_and_simulation_agree(asked):
    formula, drawn = plan_power(asked), simulate_power(asked, np.random.default_rng(12), 800)
    for name in ("level_se", "change_se", "trend_se"):
        assert getattr(drawn, name) == pytest.approx(getattr(formula, name), rel=4 * drawn.monte_carlo_error), name
    assert drawn.level_bias == pytest.approx(np.log1p(formula.weekday_bias), abs=5 * formula.level_se / np.sqrt(800))
    assert drawn.power_for_change == pytest.approx(formula.power_for_change, abs=0.07)


def test_a_simulation_repeats_itself():
    asked = ask(1, period="month", years=1)
    assert simulate_power(asked, np.random.default_rng(1), 50) == simulate_power(asked, np.random.default_rng(1), 50)
