"""Stability by site and residue, its uncertainty, and what derive_loads makes of it."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loads.builders import UNCERTAINTY, inputs, result

from headworks.core.errors import DataRefused
from headworks.core.schema import require_promise
from headworks.core.uncertainty import combine, interval, sigma_log
from headworks.loads import derive_loads, derive_stability, flag_sorption, sorbed_fraction, stability_uncertainty
from headworks.tables import Loads

SITES = pl.DataFrame({"site_id": ["S1", "S2"], "residence_h": [6.0, None]})
LOSS = math.log(2) * 6 / 35


def only(**more):
    return derive_stability(SITES, ["cocaine"], **more).row(0, named=True)


def test_by_default_nothing_is_corrected_and_the_expected_loss_is_uncertainty():
    row = only()
    assert (row["surviving_fraction"], row["expected_survival"]) == (1.0, pytest.approx(0.88796, abs=1e-5))
    # sigma^2 = 0.118825^2 (1 + 0.5^2 + 0.3^2), u^2 = exp(sigma^2) - 1.
    assert row["u_stability"] == pytest.approx(math.sqrt(math.expm1(LOSS**2 * 1.34)))
    assert row["u_stability"] == pytest.approx(stability_uncertainty(35, 6))


def test_when_asked_the_loss_is_corrected_and_less_is_unsure():
    row = only(correct_loss=True)
    assert row["surviving_fraction"] == pytest.approx(0.88796, abs=1e-5)
    assert row["u_stability"] == pytest.approx(stability_uncertainty(35, 6, is_corrected=True))
    assert row["u_stability"] < only()["u_stability"]


def test_what_forms_survives_more_than_once_and_what_is_stable_adds_nothing():
    rows = derive_stability(SITES, ["benzoylecgonine", "MDMA", "mephedrone"])
    found = {analyte: (s, u) for analyte, s, u in rows.select("analyte", "expected_survival", "u_stability").rows()}
    assert found["benzoylecgonine"][0] == pytest.approx(1.012)
    assert found["MDMA"] == (1.0, 0.0)
    # Of mephedrone no half-life is known, of S2 no residence time.
    assert set(found) == {"benzoylecgonine", "MDMA"}
    assert rows["site_id"].unique().to_list() == ["S1"]


def test_a_cold_sewer_keeps_more_by_the_residues_own_half_lives():
    cold = SITES.with_columns(temperature_c=pl.lit(10.0))
    row = derive_stability(cold, ["6-MAM"]).row(0, named=True)
    assert row["expected_survival"] == pytest.approx(math.exp(-math.log(2) * 6 / 139))


@given(st.floats(5.0, 1e3), st.floats(0.0, 24.0), st.floats(0.0, 24.0))
def test_the_uncertainty_grows_with_the_expected_loss(life, hours, more):
    assert stability_uncertainty(life, hours + more) >= stability_uncertainty(life, hours)
    assert stability_uncertainty(life, 0.0) == 0.0


def test_an_impossible_residence_time_is_refused():
    with pytest.raises(DataRefused, match="uncertainty of loss in the sewer cannot be computed") as refusal:
        stability_uncertainty(35, -1)
    assert refusal.value.code == "HW-D251"


def stability(survival=1.0, u=0.0, analyte="benzoylecgonine", n=1):
    row = {"site_id": "S1", "analyte": analyte, "surviving_fraction": survival, "u_stability": u}
    return pl.DataFrame([row] * n)


def loads_of(*results, stability=None):
    derived = derive_loads(inputs(list(results)), UNCERTAINTY, stability=stability).loads
    require_promise(Loads, derived, where="test")
    return derived


CENSORED = {"detection": "below_loq", "lod_ng_per_l": 1.0, "loq_ng_per_l": 10.0}


def test_without_an_opinion_the_loads_are_what_they_were():
    results = [result(450.0), result(30.0, analyte="MDMA"), result(None, analyte="ketamine", **CENSORED)]
    before = loads_of(*results)
    for nothing in (None, stability(analyte="heroin", u=0.5, survival=0.5), stability()):
        assert loads_of(*results, stability=nothing).equals(before)


def test_half_of_it_lost_means_twice_the_load():
    before, after = (loads_of(result(450.0), stability=s).row(0, named=True) for s in (None, stability(0.5)))
    for name in ("load_mg_per_day", "load_mg_per_1000_per_day", "lower", "upper", "load_mg_per_day_lower"):
        assert after[name] == pytest.approx(2 * before[name])
    assert after["u_site"] == pytest.approx(before["u_site"])


def test_limits_of_a_censored_row_are_corrected_too():
    before, after = (loads_of(result(None, **CENSORED), stability=s).row(0, named=True) for s in (None, stability(0.5)))
    assert after["limit_mg_per_1000_per_day"] == pytest.approx(2 * before["limit_mg_per_1000_per_day"])


def test_its_uncertainty_joins_the_sites_and_all_bounds():
    row = loads_of(result(450.0), stability=stability(u=0.3)).row(0, named=True)
    u_day = combine([0.10, 0.20, 0.15])
    assert row["u_site"] == pytest.approx(combine([0.12, 0.3]))
    assert row["load_mg_per_day_upper"] == pytest.approx(interval(54_000.0, sigma_log(combine([u_day, 0.06, 0.3])))[1])
    assert row["upper"] == pytest.approx(interval(142.10526, sigma_log(combine([u_day, 0.06, 0.12, 0.3])))[1], rel=1e-6)


@pytest.mark.parametrize(
    "wrong", [stability(0.0), stability(-1.0), stability(0.9, -0.1), stability(0.9, n=2), stability(None)]
)
def test_a_loss_that_cannot_be_is_refused(wrong):
    with pytest.raises(DataRefused, match="A loss in the sewer cannot be corrected") as refusal:
        loads_of(result(450.0), stability=wrong)
    assert refusal.value.code == "HW-D254"


def test_solids_hold_half_at_a_kd_of_4000_and_250_mg_per_l():
    # 4,000 x 250 x 1e-6 = 1; 1 / (1 + 1).
    assert sorbed_fraction(4_000.0, 250.0) == pytest.approx(0.5)
    assert sorbed_fraction(0.0, 250.0) == 0.0
    with pytest.raises(DataRefused, match="sorbed fraction cannot be computed") as refusal:
        sorbed_fraction(-1.0, 250.0)
    assert refusal.value.code == "HW-D252"


def test_thc_cooh_carries_a_warning_and_mdma_none():
    found = flag_sorption(pl.DataFrame({"analyte": ["THC-COOH", "MDMA", "EDDP", "THC-COOH"]}))
    assert found.select("analyte", "n_rows", "affinity", "code").rows() == [
        ("EDDP", 1, "moderate", None), ("THC-COOH", 2, "high", "HW-D253")]  # fmt: skip
    assert "42 to 90 % was found on suspended solids" in found["warning"][1]
    assert "liquid phase alone is too low" in found["warning"][0]
