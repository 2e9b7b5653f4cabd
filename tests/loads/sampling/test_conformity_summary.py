"""How many of a site's samples conform."""

import polars as pl
from tests.loads.builders import sample, table

from headworks.loads.sampling import conformity_summary
from headworks.tables import Nonconformities, Samples

RULES = pl.DataFrame({"rule": ["interval", "ph", "mode"], "severity": ["major", "minor", "major"]})
SAMPLES = table(
    Samples,
    [sample("X1"), sample("X2"), sample("X3"), sample("B1", role="field_blank"), sample("Y1", site="S2"), sample("Z1", site="S3")],
)  # fmt: skip


def summary(*rows):
    told = {"asked": "-", "specification": "ours 1"}
    found = table(Nonconformities, [{"sample_id": s, "rule": r, "verdict": v, **told} for s, r, v in rows])
    return conformity_summary(SAMPLES, found, RULES)


def test_a_sample_conforms_unless_it_breaks_a_major_rule():
    rows = summary(
        ("X1", "interval", "broken"), ("X1", "mode", "broken"), ("X2", "ph", "broken"), ("Y1", "mode", "not_stated")
    )
    assert rows.rows() == [
        ("S1", 3, 2, 2 / 3, 3, 0, "interval"),
        ("S2", 1, 1, 1.0, 0, 1, None),
        ("S3", 1, 1, 1.0, 0, 0, None),
    ]


def test_the_rule_broken_most_often_is_named():
    rows = summary(("X1", "interval", "broken"), ("X1", "ph", "broken"), ("X2", "ph", "broken"))
    assert rows["most_broken"].to_list() == ["ph", None, None]


def test_blanks_do_not_count_and_nothing_found_is_full_conformity():
    rows = summary(("B1", "interval", "broken"))
    assert rows["share_conforming"].to_list() == [1.0, 1.0, 1.0]
    assert rows["n_samples"].to_list() == [3, 1, 1]
