"""Published and reference numbers of fair comparison: funnels, overdispersion, ranks, small areas, indices, anchors.

Without data beside the project: funnel limits, posterior probabilities, index, anchors, regression to the mean: worked by the
governance notes with R 4 and SciPy, six digits. With it (marked ``shared``): Scottish lip cancer (Clayton and Kaldor 1987; R
SpatialEpi 1.2.8, spdep EBest), fresh milk (R sae 1.3), English deaths by drug misuse (ONS). Written 2026-11. Tolerances are
those of the printed digits. Where the notes leave a choice open: expected English deaths are by residents of the last year, as
the notes did; the ratio of the highest areas is of sums, not the mean of ratios.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.assessment.comparison import (
    exceedance_probability,
    funnel_limits,
    normal_draws,
    normal_funnel_limits,
    normal_order_probability,
    overdispersion,
    posterior_ranks,
    posterior_rate,
    root_of_counts,
    wilson_interval,
)
from headworks.assessment.composite import composite_index, composite_sensitivity, multiple_indicator
from headworks.assessment.evaluation import (
    Counted,
    Window,
    before_after,
    correlation_between,
    expected_regression_to_mean,
    find_window_mismatch,
    rolling_evidence,
)
from headworks.assessment.small_areas import gamma_poisson, marshall
from headworks.core.errors import DataRefused
from headworks.trends.levels import fay_herriot

SHARED = Path(__file__).parents[3] / "shared" / "data"


def table(name: str) -> pl.DataFrame:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} in the shared data folder beside the repository (owner: assessment)")
    return pl.read_csv(path)


@pytest.mark.parametrize(
    ("n", "limits"),
    [
        (50, [0, 0.013863, 0.179723, 0.240128]),
        (100, [0.014179, 0.040381, 0.157719, 0.198357]),
        (500, [0.059989, 0.073448, 0.126015, 0.142689]),
        (2000, [0.079600, 0.086788, 0.113087, 0.121035]),
    ],
)
def test_binomial_funnel_limits(n, limits):
    assert funnel_limits([n], 0.1)[0] == pytest.approx(limits, abs=6e-7)


def test_normal_funnel_limits():
    assert normal_funnel_limits([100], 0.1)[0] == pytest.approx([0.007293, 0.041201, 0.158799, 0.192707], abs=6e-7)


@pytest.mark.parametrize(
    ("expected", "limits"),
    [
        (2, [0, 0, 2.383118, 3.556280]),
        (5, [0, 0.108413, 1.875312, 2.554271]),
        (20, [0.358459, 0.560250, 1.437288, 1.735676]),
        (100, [0.700653, 0.803663, 1.195809, 1.318048]),
    ],
)
def test_poisson_funnel_limits(expected, limits):
    assert funnel_limits([expected], 1.0, "poisson")[0] == pytest.approx(limits, abs=6e-7)


@pytest.mark.parametrize(
    ("n", "y", "p", "mean", "wilson"),
    [(800, 3, 0.3218, 2.591, (1.28, 10.97)), (8000, 30, 0.8033, 3.554, None), (1800, 7, 0.5102, 3.162, (1.89, 8.01))],
)
def test_a_village_over_3_per_mille_is_over_it_with_this_probability(n, y, p, mean, wilson):
    shape, rate = 0.8, 0.8 / 0.0012
    assert exceedance_probability([y], [n], 0.003, shape, rate)[0] == pytest.approx(p, abs=5e-5)
    assert 1000 * posterior_rate([y], [n], shape, rate)[0][0] == pytest.approx(mean, abs=5e-4)
    if wilson:
        lower, upper = wilson_interval([y], [n])
        assert (1000 * lower[0], 1000 * upper[0]) == pytest.approx(wilson, abs=5e-3)


def test_regression_to_the_mean_of_the_notes():
    assert expected_regression_to_mean(0.6, 20, 1.5) == pytest.approx(15.5094, abs=5e-5)


INDICATORS = np.array([[120, 8, 0.30, 2.1], [80, 5, 0.55, 1.0], [200, 12, 0.2, 3.5], [60, 6, 0.6, 0.8], [150, 4, 0.4, 2.6]])
WEIGHTS, IS_GOOD = [0.4, 0.2, 0.2, 0.2], [False, False, True, False]


@pytest.mark.parametrize(
    ("normalisation", "aggregation", "index"),
    [
        ("min_max", "additive", [0.517725, 0.121958, 1.0, 0.05, 0.490476]),
        ("min_max", "geometric", [0.511112, 0.127869, 1.0, 0.019149, 0.269204]),
        ("z_score", "additive", [0.221573, -0.863584, 1.556894, -1.059579, 0.144697]),
    ],
)
def test_composite_index_of_five_areas(normalisation, aggregation, index):
    found = composite_index(INDICATORS, WEIGHTS, IS_GOOD, normalisation, aggregation)
    assert found.score == pytest.approx(index, abs=6e-7)
    assert found.rank.tolist() == [2, 4, 1, 5, 3]


def test_with_free_weights_a_and_e_cannot_be_ordered():
    found = composite_sensitivity(INDICATORS, WEIGHTS, np.random.default_rng(1), more_is_better=IS_GOOD)
    assert list(zip(found.rank_lower, found.rank_upper, strict=True)) == [(2, 3), (4, 5), (1, 1), (4, 5), (2, 3)]
    assert 0.05 < found.p_worse[0, 4] < 0.95


def test_multiple_indicator_with_four_anchors():
    rows = [[14, 35, 2.1, 60], [22, 50, 3.0, 95], [8, 20, 1.2, 35], [30, 62, 4.4, 120]]
    rows += [[18, 44, 2.5, 80], [12, 30, 1.6, 55], [26, 58, 3.6, 104], [10, 26, 1.5, 40]]
    gap = np.nan
    found = multiple_indicator(rows, [gap, 5.6, gap, 7.9, gap, 3.1, gap, 2.7], counts_activity=[False, False, True, False])
    assert found.eigenvalues == pytest.approx([3.971811, 0.021321, 0.005800, 0.001068], abs=6e-7)
    assert found.loadings == pytest.approx([0.501432, 0.499845, 0.498718, 0.500002], abs=6e-7)
    assert found.share_of_variance == pytest.approx(0.99295, abs=6e-6)
    scores = [-0.798290, 1.164907, -2.473401, 3.092193, 0.250260, -1.392214, 2.092707, -1.936162]
    assert found.score == pytest.approx(scores, abs=6e-7)
    line = (found.intercept, found.slope, found.residual_sd, found.r_squared)
    assert line == pytest.approx((4.585209, 1.032776, 0.180957, 0.996268), abs=6e-7)
    intervals = {
        0: (3.7608, 2.8680, 4.6535),
        2: (2.0307, 1.0166, 3.0449),
        4: (4.8437, 3.9732, 5.7142),
        6: (6.7465, 5.8053, 7.6877),
    }
    for area, numbers in intervals.items():
        assert (found.predicted[area], found.lower[area], found.upper[area]) == pytest.approx(numbers, abs=6e-5)
    assert found.total([400, 650, 300, 800, 500, 350, 700, 280]) == pytest.approx((21068.85, 5.2937), abs=6e-3)
    assert found.is_extrapolated.nonzero()[0].tolist() == [2]
    assert [words.split()[1] for words in found.doubts] == ["anchors", "areas", "of"]


@pytest.mark.shared
def test_scottish_lip_cancer_is_overdispersed():
    lip = table("scotland-lip/scot_golden.csv")
    found = overdispersion(*root_of_counts(lip["O"], lip["E"]))
    # root_of_counts is in units of the ratio's root: z is that of 2 (sqrt O - sqrt E).
    np.testing.assert_allclose(found.z, lip["z"], rtol=1e-12)
    assert (found.phi_raw, found.phi) == pytest.approx((6.765223, 3.951635), abs=6e-7)
    assert (found.cut_lower, found.cut_upper) == pytest.approx((-2.774935, 3.169148), abs=6e-7)
    assert (found.tau**2, found.tau) == pytest.approx((0.081706, 0.285842), abs=6e-7)
    assert found.z_additive[:3] == pytest.approx([3.009688, 3.361908, 2.251950], abs=6e-7)
    outside = [int((abs(z) > limit).sum()) for limit in (1.96, 3.09) for z in (found.z, found.z_additive)]
    assert outside == [25, 9, 11, 1]


@pytest.mark.shared
def test_scottish_lip_cancer_by_gamma_and_poisson():
    lip = table("scotland-lip/scot_golden.csv")
    plain, with_work = gamma_poisson(lip["O"], lip["E"]), gamma_poisson(lip["O"], lip["E"], lip["AFF"].to_numpy())
    assert (plain.size, plain.beta[0]) == pytest.approx((1.87949, 0.352107), abs=6e-7)
    assert (with_work.size, *with_work.beta) == pytest.approx((2.984280, -0.352769, 7.148155), abs=2e-6)
    np.testing.assert_allclose(plain.relative_rate, lip["eb"], rtol=1e-7)
    np.testing.assert_allclose(with_work.relative_rate, lip["ebAFF"], rtol=1e-7)


@pytest.mark.shared
def test_scottish_lip_cancer_by_marshall():
    lip = table("scotland-lip/scot_golden.csv")
    found = marshall(lip["O"], lip["E"])
    assert (found.variance, found.common) == pytest.approx((0.8027001, 0.999627), abs=6e-7)
    np.testing.assert_allclose(found.rate, lip["marshall"], rtol=1e-12)


@pytest.mark.shared
def test_fresh_milk_by_restricted_likelihood_with_its_information_criteria():
    milk = table("sae-golden/milk_with_fh_reml.csv")
    covariates = (milk["MajorArea"].to_numpy()[:, None] == np.arange(1, 5)).astype(float)
    covariates[:, 0] = 1.0
    found = fay_herriot(milk["yi"], milk["SD"].to_numpy() ** 2, covariates, "reml")
    assert found.sigma2_u == pytest.approx(0.01855022, abs=6e-9)
    assert found.eblup[:4] == pytest.approx([1.0219703, 1.0476018, 1.0679513, 0.7608170], abs=6e-8)
    assert found.mse[:4] == pytest.approx([0.0134602, 0.0053729, 0.0057020, 0.0085417], abs=6e-8)
    # Four coefficients and a variance; 43 areas.
    assert -2 * found.log_likelihood + 2 * 5 == pytest.approx(-15.354956, abs=2e-6)
    assert -2 * found.log_likelihood + np.log(43) * 5 == pytest.approx(-6.548956, abs=2e-6)


@pytest.mark.shared
def test_even_the_leader_of_43_areas_spans_17_places():
    milk = table("sae-golden/milk_with_fh_reml.csv")
    draws = normal_draws(milk["eblup"], np.sqrt(milk["mse"].to_numpy()), np.random.default_rng(1), 40_000)
    found = posterior_ranks(draws, highest_first=True)
    best = np.argsort(found.expected)[:6]
    assert milk["SmallArea"].to_numpy()[best].tolist() == [18, 19, 20, 17, 24, 9]
    # The notes drew 40,000 times and allow 0.05; without draws an expected rank is 1/2 + sum of P(others higher).
    exact = 0.5 + normal_order_probability(milk["eblup"], np.sqrt(milk["mse"].to_numpy())).sum(axis=1)
    assert exact[best] == pytest.approx([5.44, 7.29, 7.45, 7.71, 8.05, 8.15], abs=0.05)
    assert found.expected[best] == pytest.approx(exact[best], abs=0.1)
    assert found.p_top[best] == pytest.approx([0.611, 0.431, 0.433, 0.391, 0.390, 0.385], abs=0.01)
    assert list(zip(found.lower[best][:3], found.upper[best][:3], strict=True)) == [(1, 17), (1, 18), (1, 19)]


def deaths_and_people() -> tuple[pl.DataFrame, pl.DataFrame]:
    folder = "england-drug-indicators"
    return table(f"{folder}/deaths_misuse_la.csv"), table(f"{folder}/population_la.csv")


def of_year(wide: pl.DataFrame, *years: int) -> np.ndarray:
    return wide.filter(pl.col("year").is_in(years)).drop("year").sum().to_numpy()[0].astype(float)


@pytest.mark.shared
def test_of_49_english_outliers_one_is_left():
    deaths, people = deaths_and_people()
    count, residents = of_year(deaths, 2018), of_year(people, 2018)
    found = overdispersion(*root_of_counts(count, residents * count.sum() / residents.sum()))
    assert (found.phi, found.tau**2) == pytest.approx((7.323773, 0.029770), abs=6e-7)
    outside = [int((abs(z) > limit).sum()) for limit in (3.09, 1.96) for z in (found.z, found.z_additive)]
    assert outside == [49, 1, 75, 17]
    top = int(found.z_additive.argmax())
    assert deaths.drop("year").columns[top] == "Blackpool"
    assert found.z_additive[top] == pytest.approx(4.512, abs=5e-4)


@pytest.mark.shared
def test_the_14_highest_english_areas_fall_with_no_list_at_all_and_overlapping_windows_hide_it():
    deaths, people = deaths_and_people()

    def ratios(year: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count, residents = of_year(deaths, year), of_year(people, year)
        expected = residents * count.sum() / residents.sum()
        return count, expected, count / expected

    first = ratios(2012)[2]
    highest = np.argsort(-first)[:14]
    together = {year: ratios(year)[0][highest].sum() / ratios(year)[1][highest].sum() for year in (2012, 2013, 2015)}
    assert [together[year] for year in (2012, 2013, 2015)] == pytest.approx([2.136, 2.133, 1.859], abs=6e-4)
    windows = {year: Window.of_years(year, 3) for year in (2012, 2013, 2015)}
    assert correlation_between(first, ratios(2015)[2], windows[2012], windows[2015]) == pytest.approx(0.820, abs=5e-4)
    assert np.corrcoef(first, ratios(2013)[2])[0, 1] == pytest.approx(0.939, abs=5e-4)
    with pytest.raises(DataRefused, match="overlap: 67 % of the later"):
        correlation_between(first, ratios(2013)[2], windows[2012], windows[2013])


@pytest.mark.shared
def test_a_claim_on_adjacent_english_windows_is_refused_and_one_on_windows_apart_is_not():
    deaths, people = deaths_and_people()

    def counted(year: int) -> Counted:
        window = Window.of_years(year, 3)
        return Counted(of_year(deaths, year), of_year(people, year - 2, year - 1, year), window, window)

    with pytest.raises(DataRefused, match="overlap: 67 %") as refused:
        before_after(counted(2014), counted(2015), shape=6.5, rate=1e5)
    assert refused.value.code == "HW-D768"
    assert before_after(counted(2012), counted(2015), shape=6.5, rate=1.8e5).ratio.shape == (137,)


@pytest.mark.shared
def test_three_years_of_english_deaths_over_one_year_of_residents_are_found():
    deaths, people = deaths_and_people()
    area = "Barking and Dagenham"
    rates = pl.DataFrame({"year": [2015], "area": [area]}).with_columns(
        numerator_first=pl.date(2013, 1, 1), numerator_last=pl.date(2015, 12, 31),
        denominator_first=pl.date(2015, 1, 1), denominator_last=pl.date(2015, 12, 31),
    )  # fmt: skip
    found = find_window_mismatch(rates)
    assert found["times_too_high"].item() == pytest.approx(3.0, abs=0.01)
    count = deaths.filter(pl.col("year") == 2015)[area].item()
    one = people.filter(pl.col("year") == 2015)[area].item()
    three = people.filter(pl.col("year").is_in([2013, 2014, 2015]))[area].sum()
    assert (1e5 * count / one, 1e5 * count / three) == pytest.approx((4.43, 1.51), abs=5e-3)
    window = Window.of_years(2015, 3)
    wrong = Counted([count], [one], window, Window.of_years(2015))
    with pytest.raises(DataRefused, match=r"it is 3\.00 times what it should be"):
        before_after(wrong, wrong, shape=6.5, rate=1.8e5)


@pytest.mark.shared
def test_the_english_deaths_betray_by_their_smoothness_that_they_are_rolling_totals_and_admissions_are_not():
    deaths, _ = deaths_and_people()
    found = rolling_evidence(deaths.drop("year").to_numpy())
    assert found.is_rolling
    assert found.ratio == pytest.approx(0.6226, abs=5e-5)
    admissions = table("england-drug-indicators/admissions_misuse_la.csv").drop("year").to_numpy().astype(float)
    assert not rolling_evidence(admissions[:, np.isfinite(admissions).all(axis=0)]).is_rolling
