import numpy as np
import polars as pl
import pytest
from tests.warning.peers.builders import steady

from headworks.core.errors import UsageError
from headworks.warning import peers
from headworks.warning.detect import detect

COLUMNS = ["series", "t", "threshold", "alarm", "assessable", "reason"]
SHORT = {"farrington": {"b": 2}, "farrington_flexible": {"b": 2}, "rki": {"b": 1}}


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """Two series, one with a fifth of the weeks missing."""
    rng = np.random.default_rng(4)
    holes = steady(150, 2, name="holes").with_columns(observed=pl.when(pl.Series(rng.random(150) > 0.2)).then("observed"))
    return pl.concat([steady(150, 1, name="whole"), holes])


@pytest.mark.parametrize("method", peers.METHODS)
def test_every_method_answers_every_week_in_the_same_columns(method, table):
    found = detect(table, method, evaluate=(131, 150), **SHORT.get(method, {}))
    assert found.columns[:6] == COLUMNS
    assert found.height == 40
    assert found.sort("series", "t").equals(found)
    assert (found["reason"].is_null() == found["assessable"]).all()
    assert found.filter(pl.col("assessable"))["alarm"].null_count() == 0
    assert found.filter(pl.col("series") == "whole")["assessable"].all()


@pytest.mark.parametrize("method", peers.METHODS)
def test_missing_weeks_are_not_assessed_and_few_others_are_lost(method, table):
    found = detect(table, method, evaluate=(131, 150), **SHORT.get(method, {})).filter(pl.col("series") == "holes")
    missing = table.filter((pl.col("series") == "holes") & (pl.col("t") > 130))["observed"].is_null()
    assert found.filter(missing)["reason"].unique().to_list() == ["not observed in this step"]
    assert found.filter(missing)["alarm"].null_count() == missing.sum()
    assert found.filter(~missing)["assessable"].all()


@pytest.mark.parametrize("method", peers.METHODS)
def test_the_future_does_not_move_a_threshold(method, table):
    control = SHORT.get(method, {})
    early = detect(table.filter(pl.col("t") <= 140), method, evaluate=(131, 140), **control)
    assert early.equals(detect(table, method, evaluate=(131, 150), **control).filter(pl.col("t") <= 140))


def test_numbers_serve_as_names_of_series(table):
    numbered = table.with_columns(series=pl.when(pl.col("series") == "whole").then(7).otherwise(3))
    assert detect(numbered, "ears_c1")["series"].unique().sort().to_list() == [3, 7]


def test_without_rows_there_are_none_but_the_columns_stay(table):
    assert detect(table.clear(), "ears_c1").columns[:6] == COLUMNS
    assert detect(table.clear()).is_empty()


def test_a_setting_of_another_method_is_refused(table):
    with pytest.raises(UsageError, match="no such setting"):
        detect(table, "ears_c1", w=3)
