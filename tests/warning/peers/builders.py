"""Small tables of counts for the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl


def weeks(observed: Sequence[float | None], name: str = "a", first: int = 1) -> pl.DataFrame:
    """One series, a row a week."""
    return pl.DataFrame(
        {"series": [name] * len(observed), "t": range(first, first + len(observed)), "observed": list(observed)},
        schema={"series": pl.String, "t": pl.Int64, "observed": pl.Float64},
    )


def steady(n: int, seed: int = 1, mean: float = 12.0, name: str = "a") -> pl.DataFrame:
    """Poisson counts of one mean."""
    return weeks(np.random.default_rng(seed).poisson(mean, n).tolist(), name)
