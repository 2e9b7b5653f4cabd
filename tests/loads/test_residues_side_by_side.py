"""What each residue of a drug says."""

import polars as pl
import pytest
from tests.loads.splitting.rows import load, loads

from headworks.loads import residues_side_by_side
from headworks.reference import read_set

FACTORS = read_set().factors


def test_methadone_40_stands_beside_eddp_44_62():
    # 11 / 0.275 = 40; 22 x 309.45 / 277.41 / 0.55 = 44.6199. By mass (22 / 0.55) both would say 40.
    both = residues_side_by_side(loads(load("methadone", 11.0), load("EDDP", 22.0)), FACTORS)
    assert both.select("analyte", "use").rows() == [("EDDP", "primary"), ("methadone", "secondary")]
    assert both["consumption_mg_per_1000_per_day"].to_list() == pytest.approx([44.6199, 40.0], abs=1e-4)
    assert both["ratio"].to_list() == pytest.approx([309.45 / 277.41, 1.0])
    assert both["has_overlap"].all()
    assert both["n_residues"].to_list() == [2, 2]


def test_estimates_far_apart_do_not_overlap():
    both = residues_side_by_side(loads(load("methadone", 110.0), load("EDDP", 22.0)), FACTORS)
    assert not both["has_overlap"].any()
    assert both["ratio"].to_list() == pytest.approx([1.0, 400 / 44.6199], rel=1e-5)


def test_what_the_residues_share_is_not_in_the_intervals_they_are_compared_by():
    one, other = (
        residues_side_by_side(loads(load("methadone", 11.0, u_site=u), load("EDDP", 22.0, u_site=u)), FACTORS)
        for u in (0.0, 0.9)
    )
    assert one.equals(other)


def test_repeatability_widens_them():
    rows = loads(load("methadone", 11.0), load("EDDP", 22.0))
    sharp, wide = (residues_side_by_side(rows, FACTORS, u) for u in (0.0, 0.3))
    assert (wide["lower"] < sharp["lower"]).all()
    assert (wide["upper"] > sharp["upper"]).all()


def test_a_residue_alone_or_censored_or_of_several_drugs_makes_no_row():
    assert residues_side_by_side(loads(load("methadone", 11.0)), FACTORS).is_empty()
    assert residues_side_by_side(loads(load("methadone", 11.0), load("EDDP", limit=2.0)), FACTORS).is_empty()
    assert residues_side_by_side(loads(load("morphine", 11.0), load("6-MAM", 0.1)), FACTORS).is_empty()


def test_days_and_sites_are_kept_apart():
    rows = [load(analyte, 10.0, site=site) for site in ("S1", "S2") for analyte in ("tramadol", "O-desmethyltramadol")]
    both = residues_side_by_side(loads(*rows, load("methadone", 1.0), load("EDDP", 1.0)), FACTORS)
    assert both.group_by("site_id", "drug").len().sort("site_id", "drug").rows() == [
        ("S1", "methadone", 2), ("S1", "tramadol", 2), ("S2", "tramadol", 2)]  # fmt: skip
    assert both.filter(pl.col("ratio") < 1).is_empty()
