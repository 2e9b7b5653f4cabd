"""R surveillance 1.20.3 (R 4.2.2) on real counts: every threshold and alarm of 15 configurations.

Numbers from the shared data beside the project (``surveillance-golden``, its README has the origin and the settings). Tolerance 1e-6
relative for all of them: asked are 1e-6 for EARS, CUSUM, RKI and Bayes, and 1e-4 for the generalised linear models, which we reach
because the iteration takes the same steps. Alarms are equal in every row that has one. What R leaves out is counted, and answered.
Written 2026-11, numpy 2.4, scipy 1.17.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.warning.detect import detect

GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "surveillance-golden"
NOUFAILY = {"no_periods": 10, "weights_threshold": 2.58, "p_threshold_trend": 1, "past_weeks_not_included": 26, "alpha": 0.01}
CONFIGS = {
    "far_orig": ("farrington", {"alpha": 0.05}),
    "flex_ctl1": ("farrington_flexible", {"weights_threshold": 1, "p_threshold_trend": 0.05, "past_weeks_not_included": 3}),
    "flex_noufaily_nb": ("farrington_flexible", NOUFAILY | {"threshold_method": "nbPlugin"}),
    "flex_noufaily_muan": ("farrington_flexible", NOUFAILY | {"threshold_method": "muan"}),
    "flex_nb_nolimit": ("farrington_flexible", NOUFAILY | {"threshold_method": "nbPlugin", "limit54": (0, 4)}),
    "C1_b7": ("ears_c1", {}), "C2_b7": ("ears_c2", {}), "C3_b7": ("ears_c3", {}),
    "C1_b28": ("ears_c1", {"baseline": 28, "min_sigma": 0.5}), "C2_b28": ("ears_c2", {"baseline": 28, "min_sigma": 0.5}),
    "cusum_std": ("cusum", {}), "cusum_rossi": ("cusum", {"trans": "rossi"}), "cusum_rossi_glm": ("cusum", {"trans": "rossi", "m": "glm"}),
    "rki2": ("rki", {"b": 1, "w": 6}), "bayes": ("bayes", {"b": 2, "w": 6}),
}  # fmt: skip
# Years back of the Farrington configurations: as many as a set has, five at most.
YEARS = {"campyDE": 5, "salmNewport": 5, "ha.sts": 4, "k1": 3, "m1": 3, "measlesDE": 2}
pytestmark = pytest.mark.shared


@lru_cache
def table(name: str) -> pl.DataFrame:
    path = GOLDEN / f"{name}.csv"
    if not path.exists():
        pytest.skip("no surveillance-golden in the shared data folder beside the repository (owner: warning)")
    return pl.read_csv(path, infer_schema_length=None)


@lru_cache
def joined(config: str) -> pl.DataFrame:
    """Ours beside R's, a row for each of R's."""
    counts, golden = table("input"), table(f"golden_{config}")
    method, control = CONFIGS[config]
    parts = []
    for name in golden["set"].unique():
        theirs = golden.filter(pl.col("set") == name)
        years = {"b": YEARS[name]} if method.startswith("farrington") else {}
        span = theirs["t"].min(), theirs["t"].max()
        ours = detect(counts.filter(pl.col("set") == name), method, 52, span, **control, **years)
        parts.append(theirs.join(ours, on=["series", "t"], suffix="_ours", how="left"))
    return pl.concat(parts)


@pytest.mark.parametrize("config", CONFIGS)
def test_thresholds_are_r_s(config):
    found = joined(config).filter(pl.col("upperbound").is_not_null())
    if config == "far_orig":
        # 0 stands for "fewer than five cases in four weeks" there.
        assert found.filter((pl.col("upperbound") == 0) != pl.col("threshold").is_null()).is_empty()
        found = found.filter(pl.col("upperbound") != 0)
    assert found.height > 500
    np.testing.assert_allclose(found["threshold"], found["upperbound"], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("config", CONFIGS)
def test_alarms_are_r_s_in_every_row(config):
    found = joined(config).filter(pl.col("alarm").is_not_null())
    assert found.filter(pl.col("alarm_ours") != (pl.col("alarm") == 1)).is_empty()
    assert found["alarm_ours"].null_count() == 0


@pytest.mark.parametrize("config", [name for name in CONFIGS if name.startswith("flex")])
def test_what_lies_behind_a_flexible_threshold_is_r_s(config):
    found = joined(config).filter(pl.col("expected").is_not_null())
    for ours, theirs in (("expected_ours", "expected"), ("phi_ours", "phi"), ("trend_coefficient", "trendcoef")):
        kept = found.filter(pl.col(theirs).is_not_null())
        np.testing.assert_allclose(kept[ours].to_numpy(), kept[theirs].to_numpy(), rtol=1e-6, atol=1e-9)
    assert found.filter(pl.col("trendcoef").is_null() != pl.col("trend_coefficient").is_null()).is_empty()
    np.testing.assert_allclose(found["p_value"], found["pvalue"].cast(pl.Float64), rtol=1e-5, atol=1e-9)


def test_what_r_leaves_out_is_answered_or_explained():
    sparse = joined("flex_noufaily_nb").filter(pl.col("upperbound").is_null())
    assert sparse["reason"].unique().to_list() == ["not assessed because fewer than 5 cases in 4 steps"]
    assert not sparse["assessable"].any()
    # A baseline that is the same count seven times stops R's C3, not ours.
    silent = joined("C3_b7").filter(pl.col("upperbound").is_null())
    assert silent.height == 6_618
    assert silent["assessable"].all()
