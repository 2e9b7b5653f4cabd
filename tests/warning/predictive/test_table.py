import numpy as np
import polars as pl
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.warning.predictive.table import warn_counts


def weeks(last: int = 30, n: int = 120, series: str = "a", origin: int = 1) -> pl.DataFrame:
    counts = np.random.default_rng(2).poisson(5.0, n)
    counts[-1] = last
    return pl.DataFrame({"series": series, "t": np.arange(n) + origin, "observed": counts})


def warn(observed: pl.DataFrame, **said) -> pl.DataFrame:
    return warn_counts(observed, np.random.default_rng(4), **said)


def test_a_jump_is_an_alarm_with_evidence_and_an_expectation():
    row = warn(weeks()).row(0, named=True)
    assert row["alarm"]
    assert row["assessable"]
    assert row["reason"] is None
    assert row["lower"] <= row["expected"] <= row["upper"] < 30
    assert row["evidence"] == pytest.approx(row["e_value"])
    assert row["e_value"] > 100


def test_a_week_without_a_row_and_one_with_null_are_the_same_and_never_zero():
    whole = weeks()
    without = warn(whole.filter(pl.col("t") != 119), evaluate=(118, 120))
    null = warn(whole.with_columns(observed=pl.when(pl.col("t") != 119).then("observed")), evaluate=(118, 120))
    assert without.equals(null)
    gap = without.row(1, named=True)
    assert (gap["alarm"], gap["assessable"], gap["reason"]) == (None, False, "no sample in this week")
    assert gap["e_value"] == 1.0
    assert gap["evidence"] == without["evidence"][0]


def test_a_series_that_began_late_says_why_it_is_not_assessed():
    both = pl.concat([weeks(), weeks(series="b").filter(pl.col("t") > 100)])
    late = warn(both).row(1, named=True)
    assert late["reason"] == "fewer than 26 weeks with a sample before it: 18"
    assert late["alarm"] is None


def test_rows_in_any_order_say_the_same():
    both = pl.concat([weeks(), weeks(series="b", last=4)])
    assert warn(both).equals(warn(both.sample(fraction=1.0, shuffle=True, seed=1)))


def test_evidence_begins_anew_after_a_known_outbreak():
    known = pl.DataFrame({"series": ["a", "z"], "t": [119, 5]})
    found = warn(weeks(last=5).with_columns(observed=pl.when(pl.col("t") == 119).then(40).otherwise("observed")),
                 evaluate=(118, 120), known_outbreaks=known)  # fmt: skip
    assert found["evidence"][1] > 100
    assert found["alarm"][1]
    assert found["evidence"][2] == pytest.approx(found["e_value"][2])


@pytest.mark.parametrize(("evaluate", "n_missing"), [((118, 123), 3), ((-2, 3), 3), ((130, 132), 3)])
def test_weeks_beyond_the_table_have_no_sample(evaluate, n_missing):
    found = warn(weeks(), evaluate=evaluate)
    assert found["t"].to_list() == list(range(evaluate[0], evaluate[1] + 1))
    assert found["reason"].eq("no sample in this week").sum() == n_missing
    assert found.filter(pl.col("reason").is_not_null())["alarm"].null_count() == found["reason"].is_not_null().sum()


def test_one_week_alone_has_no_history():
    row = warn(weeks(n=1)).row(0, named=True)
    assert (row["assessable"], row["reason"]) == (False, "fewer than 26 weeks with a sample before it: 0")


def test_figures_that_scatter_as_no_counts_do_are_left_to_the_detector_of_loads():
    found = warn(weeks().with_columns(pl.col("observed") * 1_000_000))
    assert found["alarm"].item() is None
    assert "a law of loads fits them" in found["reason"].item()


def test_tables_that_are_none_are_refused():
    with pytest.raises(DataRefused, match="A column is missing"):
        warn(weeks().drop("observed"))
    with pytest.raises(DataRefused, match=r"step twice.*'a', 7"):
        warn(pl.concat([weeks(), weeks().filter(pl.col("t") == 7)]))
    with pytest.raises(DataRefused, match="has a row"):
        warn(weeks().clear())
    with pytest.raises(UsageError, match="lies between 0 and 1"):
        warn(weeks(), alpha=0.0)
    with pytest.raises(UsageError, match="0 steps a year"):
        warn(weeks(), freq=0)
