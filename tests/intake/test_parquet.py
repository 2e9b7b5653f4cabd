"""Parquet files: values as text, damage refused."""

import datetime as dt
import io

import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.intake.files.parquet import read_parquet


def written(frame):
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def test_values_become_the_texts_that_a_csv_would_have():
    frame = pl.DataFrame(
        {
            "a": [7],
            "b": [1.5],
            "c": [dt.date(2024, 2, 28)],
            "d": [dt.datetime.fromisoformat("2024-02-28T08:00:00")],
            "e": ["x"],
            "f": [None],
        }
    ).with_columns(g=pl.col("d").dt.replace_time_zone("Asia/Shanghai"))
    row = read_parquet(written(frame), "x.parquet").frame.row(0, named=True)
    assert (row["a"], row["b"], row["c"], row["e"], row["source_row"]) == ("7", "1.5", "2024-02-28", "x", 2)
    assert row["d"].startswith("2024-02-28T08:00:00")
    assert row["g"].endswith("+08:00")


@pytest.mark.parametrize("cut", [4, 12, 60, -1])
def test_a_torn_file_is_refused(cut):
    with pytest.raises(DataRefused, match=r"not a Parquet file.*x.parquet"):
        read_parquet(written(pl.DataFrame({"a": [1, 2]}))[:cut], "x.parquet")


def test_lists_are_refused():
    with pytest.raises(DataRefused, match=r"lists or bytes.*Found: a"):
        read_parquet(written(pl.DataFrame({"a": [[1, 2]]})), "x.parquet")


def test_a_table_too_wide_is_refused():
    with pytest.raises(DataRefused, match=r"too large.*2,001 columns"):
        read_parquet(written(pl.DataFrame({f"c{i}": [1] for i in range(2_001)})), "x.parquet")
