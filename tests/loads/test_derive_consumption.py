"""Loads become consumption and doses, with the factor's own distribution in the bounds."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.loads.builders import UNCERTAINTY, inputs, result, sample

from headworks.core.errors import UsageError
from headworks.core.schema import require_promise
from headworks.core.uncertainty import combine, interval, sigma_log
from headworks.loads import ExcretionFraction, derive_consumption, derive_loads, simulate_consumption
from headworks.reference import read_set
from headworks.tables import Consumption

FACTORS = read_set().factors


def consume(*results, residues="primary", **more):
    loads = derive_loads(inputs(list(results), **more), UNCERTAINTY).loads
    used = derive_consumption(loads, FACTORS, "headworks-2026.1", residues)
    require_promise(Consumption, used, where="test")
    return used


def only(*results, **more):
    used = consume(*results, **more)
    assert used.height == 1
    return used.row(0, named=True)


def test_cocaine_from_benzoylecgonine_with_a_log_normal_factor():
    row = only(result(450.0))
    factor = 303.36 / 289.33 / 0.292
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(142.10526 * factor, rel=1e-6)
    assert row["doses_per_1000_per_day"] == pytest.approx(142.10526 * factor / 100, rel=1e-6)
    # Every factor is log-normal here, so the bounds are exact (U2, U4).
    u = combine([combine([0.10, 0.20, 0.15]), 0.06, 0.12, 0.26])
    assert (row["lower"], row["upper"]) == pytest.approx(interval(142.10526 * factor, sigma_log(u)), rel=1e-6)
    assert (row["u_factor"], row["parameter_set"], row["residues"]) == (
        pytest.approx(0.26),
        "headworks-2026.1",
        "benzoylecgonine",
    )


@pytest.mark.parametrize("analyte", ["methamphetamine", "MDMA", "THC-COOH", "ketamine", "codeine", "norfentanyl"])
def test_the_bounds_of_a_lopsided_factor_equal_a_monte_carlo_of_it(analyte):
    row = only(result(450.0, analyte=analyte))
    factor = FACTORS.filter((pl.col("analyte") == analyte) & (pl.col("drug") == row["drug"])).row(0, named=True)
    fraction = ExcretionFraction(
        factor["distribution"], factor["excretion_fraction"], factor["excretion_low"], factor["excretion_high"]
    )
    terms = [combine([0.10, 0.20, 0.15]), 0.06, 0.12]
    rng = np.random.default_rng(7)
    _, low, high = simulate_consumption(450.0 * 120 / 380, terms, fraction, factor["mass_ratio"], rng=rng, n_draws=1_000_000)
    # Monte Carlo error of these quantiles is about 0.15 %.
    assert (row["lower"], row["upper"]) == (pytest.approx(low, rel=0.006), pytest.approx(high, rel=0.006))


def test_a_censored_load_gives_a_censored_consumption_with_its_most():
    row = only(result(None, detection="below_loq", loq_ng_per_l=10.0))
    assert row["consumption_mg_per_1000_per_day"] is None
    assert row["doses_per_1000_per_day"] is None
    at_limit = 10.0 * 120 / 380 * 303.36 / 289.33 / 0.292
    u = combine([combine([0.10, 0.20, 0.15]), 0.06, 0.12, 0.26])
    assert row["upper"] == pytest.approx(interval(at_limit, sigma_log(u))[1], rel=1e-6)
    assert row["lower"] == 0.0
    unknown = only(result(None, detection="below_loq"))
    assert unknown["upper"] is None


def test_the_primary_residue_counts_and_a_secondary_one_stands_in():
    both = only(result(100.0, analyte="EDDP"), result(900.0, analyte="methadone"))
    assert both["residues"] == "EDDP"
    alone = only(result(900.0, analyte="methadone"))
    assert (alone["drug"], alone["residues"]) == ("methadone", "methadone")


def test_a_molar_sum_adds_the_moles_of_all_residues():
    # 1,000 mg of methadone leave 275 mg methadone and 550 mg as moles of EDDP.
    scale = 380 / 120  # so that a load of 1 mg/d per 1,000 is 380/120 ng/L
    results = [result(275.0 * scale, analyte="methadone"), result(550.0 * 277.41 / 309.45 * scale, analyte="EDDP")]
    row = only(*results, residues="molar_sum")
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(1_000.0, rel=1e-4)
    assert row["residues"] == "EDDP+methadone"


def test_morphine_is_not_counted_as_heroin_without_being_split():
    assert consume(result(100.0, analyte="morphine"))["drug"].to_list() == ["morphine"]
    assert consume(result(100.0, analyte="6-MAM"))["drug"].to_list() == ["heroin"]


def test_without_a_population_or_a_factor_there_is_no_consumption():
    assert consume(result(450.0), people=None).is_empty()
    assert consume(result(450.0, analyte="norketamine")).is_empty()
    assert consume(result(450.0, analyte="something new")).is_empty()


def test_rows_come_sorted_by_their_key():
    samples = [sample("X1", day=dt.date(2024, 3, 6)), sample("X2", day=dt.date(2024, 3, 5))]
    used = consume(result(1.0), result(2.0, sample="X2"), result(2.0, sample="X2", analyte="MDMA"), samples=samples)
    assert used.select("day", "drug").rows() == [
        (dt.date(2024, 3, 5), "MDMA"), (dt.date(2024, 3, 5), "cocaine"), (dt.date(2024, 3, 6), "cocaine"),
    ]  # fmt: skip


def test_an_unknown_rule_of_residues_is_refused():
    with pytest.raises(UsageError, match="Use primary or molar_sum"):
        consume(result(1.0), residues="all")
