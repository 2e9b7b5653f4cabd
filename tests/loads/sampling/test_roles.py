"""What a sample was taken for; an empty role means routine."""

import polars as pl

from headworks.loads.sampling import is_blank, is_field_blank, is_repeat, is_routine
from headworks.tables.samples import SAMPLE_ROLES


def of(test, dtype):
    frame = pl.DataFrame({"role": [*SAMPLE_ROLES, None]}, schema={"role": dtype})
    return frame.filter(test(pl.col("role")))["role"].cast(pl.String).to_list()


def test_every_role_is_one_of_three_kinds():
    for dtype in (pl.String, pl.Enum(SAMPLE_ROLES)):
        assert of(is_blank, dtype) == ["field_blank", "travel_blank"]
        assert of(is_field_blank, dtype) == ["field_blank"]
        assert of(is_repeat, dtype) == ["duplicate", "supervisory"]
        assert of(is_routine, dtype) == ["routine", None]
