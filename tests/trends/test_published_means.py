import polars as pl
import pytest

from headworks.core.schema import polars_schema
from headworks.tables.loads import Loads, ReportedLoads
from headworks.trends import daily_loads, flag_inconsistent_means, week_means

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MEANS = ["weekday_mean", "weekend_mean", "daily_mean"]


def printed(**means):
    row = {"site_id": "s", "year": 2020, "week": 0, "analyte": "x", "drug": "X"} | dict.fromkeys(MEANS) | means
    return pl.DataFrame([row], schema_overrides=dict.fromkeys(MEANS, pl.Float64))


@pytest.fixture
def weeks(build):
    return week_means(build.week_of([6.0, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0]), build.conventions)


def test_means_that_fit_are_passed_over(weeks):
    assert flag_inconsistent_means(weeks, printed(weekday_mean=3.01, weekend_mean=6.0, daily_mean=4.71)).height == 0


def test_a_mean_that_does_not_fit_is_flagged_with_its_difference(weeks):
    found = flag_inconsistent_means(weeks, printed(weekday_mean=3.0, weekend_mean=5.5)).row(0, named=True)
    assert (found["which_mean"], found["published"], found["recomputed"], found["difference"]) == (
        "weekend_mean",
        5.5,
        6.0,
        -0.5,
    )
    assert (found["city"], found["n_days"]) == ("Y", 7)


def test_a_mean_without_days_is_flagged(weeks):
    found = flag_inconsistent_means(weeks, printed(daily_mean=1.0).with_columns(year=pl.lit(2019))).row(0, named=True)
    assert (found["recomputed"], found["difference"], found["n_days"]) == (None, None, 0)


def test_a_weekend_mean_of_weekdays_only_is_flagged(build):
    weeks = week_means(build.frame([build.one_day(3.0, weekday=3)]), build.conventions)
    found = flag_inconsistent_means(weeks, printed(weekend_mean=3.0)).row(0, named=True)
    assert (found["recomputed"], found["n_days"]) == (None, 1)


@pytest.mark.parametrize(("difference", "flagged"), [(0.01, 0), (0.0101, 0), (0.0102, 1)])
def test_a_hundredth_is_rounding_and_more_is_not(weeks, difference, flagged):
    assert flag_inconsistent_means(weeks, printed(weekday_mean=3.0 + difference - 1e-12)).height == flagged


def european_days(table: pl.DataFrame) -> pl.DataFrame:
    names = pl.DataFrame({"day_name": WEEKDAYS, "weekday": range(1, 8)})
    value = pl.col("value")
    rows = (
        table.unpivot(WEEKDAYS, index=["year", "drug_group", "site_id", "country", "city"], variable_name="day_name")
        .filter(value.is_not_null())
        .join(names, on="day_name")
        .select(
            "site_id", "year", "weekday", "country", "city",
            week=pl.lit(0), analyte="drug_group", drug="drug_group",
            load_mg_per_1000_per_day=pl.when(value > 0).then(value),
            detection=pl.when(value > 0).then(pl.lit("quantified")).otherwise(pl.lit("below_loq")),
            limit_mg_per_1000_per_day=pl.lit(None, dtype=pl.Float64),
        )
    )  # fmt: skip
    types = polars_schema(ReportedLoads)
    none = pl.DataFrame(schema=polars_schema(Loads))
    nowhere = pl.DataFrame(schema=dict.fromkeys(["site_id", "country", "city", "analyte", "drug"], pl.String))
    defaults = {"u_day": 0.2, "u_batch": 0.1, "u_site": 0.15}
    return daily_loads(none, rows.select(pl.col(name).cast(types[name]) for name in types), nowhere, nowhere, defaults)


@pytest.mark.shared
def test_of_2549_complete_european_rows_46_do_not_follow_from_their_days(build):
    table = pl.read_csv(build.shared("euda-score-wastewater", "daily_2011_2022.csv"), infer_schema_length=None)
    weeks = week_means(european_days(table), build.conventions)
    complete = table.filter(pl.all_horizontal(pl.col(WEEKDAYS + MEANS).is_not_null()), pl.col("year") != 2021)
    published = complete.select("site_id", "year", *MEANS, week=pl.lit(0), analyte="drug_group", drug="drug_group")
    odd = flag_inconsistent_means(weeks, published)
    n_odd = odd.select("site_id", "year", "drug").unique().height
    assert (complete.height, complete.height - n_odd, n_odd) == (2_549, 2_503, 46)
    assert weeks.filter(pl.col("year") == 2021)["convention"].unique().to_list() == ["score-2021"]


@pytest.mark.shared
def test_some_inconsistent_weeks_are_explained_by_days_labelled_one_off(build):
    # Copenhagen 2015, cocaine: the printed weekday mean 244.05 is that of Wednesday to Friday, not Tuesday to Thursday.
    table = pl.read_csv(build.shared("euda-score-wastewater", "daily_2011_2022.csv"), infer_schema_length=None)
    days = european_days(table)
    published = table.select("site_id", "year", *MEANS, week=pl.lit(0), analyte="drug_group", drug="drug_group")
    odd = flag_inconsistent_means(week_means(days, build.conventions), published, days=days, conventions=build.conventions)

    def explanations(city, year):
        return odd.filter(pl.col("city") == city, pl.col("year") == year)["explanation"].unique().to_list()

    assert explanations("Copenhagen", 2015) == ["all printed means are right with every day moved one day earlier"]
    assert explanations("Utrecht", 2011) == ["all printed means are right with every day moved one day later"]
    assert explanations("Berlin (4)", 2022) == [None]
