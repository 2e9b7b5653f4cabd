from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.store import Workspace, read_facts, read_imports
from headworks.store.facts import _latest, read_brought, read_row_counts

VERSIONS = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), min_size=1), min_size=1, max_size=6)


def test_rows_are_sorted_by_key_whatever_the_file_s_order(workspace: Workspace, give) -> None:
    give(workspace, "sites", "site_id\nB\nA\nC\n")
    assert read_facts(workspace, "sites")["site_id"].to_list() == ["A", "B", "C"]


def test_only_rows_with_the_keys_asked_for_are_read(two_plants: Workspace) -> None:
    asked = pl.DataFrame({"sample_id": ["A1", "B1", "Z"], "analyte": ["benzoylecgonine", "ketamine", "x"]})
    found = read_facts(two_plants, "measurements", among=asked)
    assert found.select("sample_id", "analyte").rows() == [("A1", "benzoylecgonine"), ("B1", "ketamine")]
    assert read_facts(two_plants, "measurements", among=asked.clear()).is_empty()


def test_rows_of_chosen_imports_only(two_plants: Workspace, give) -> None:
    before = read_imports(two_plants)
    give(two_plants, "samples", "sample_id,site_id,collected_from\nA9,A,2024-03-05T08:00Z\n")
    assert "A9" not in read_facts(two_plants, "samples", imports=before)["sample_id"]
    newest = read_imports(two_plants).tail(1)
    assert read_brought(two_plants, "samples", ["site_id"], newest).rows() == [("A",)]
    assert read_row_counts(two_plants, "samples")["rows"].sort().to_list() == [1, 4]


@settings(max_examples=50, deadline=None)
@given(VERSIONS)
def test_the_latest_row_of_a_key_is_the_last_one_written(versions: list[dict[str, int]]) -> None:
    known: dict[str, int] = {}
    amending, rows = [], []
    for seq, version in enumerate(versions, 1):
        if any(key in known for key in version):
            amending.append(seq)
        rows += [(key, value, seq, row) for row, (key, value) in enumerate(version.items())]
        known |= version
    frame = pl.DataFrame(rows, schema=["key", "value", "seq", "source_row"], orient="row").sample(
        fraction=1, shuffle=True, seed=1
    )
    assert dict(_latest(frame, ["key"], amending).select("key", "value").rows()) == known
