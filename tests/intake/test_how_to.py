"""The mapping of the how-to reads its file as the page says."""

import re
from pathlib import Path

import pytest

from headworks.intake import parse_file, read_mapping

PAGE = (Path(__file__).parents[2] / "docs/how-to/import-your-own-files.md").read_text(encoding="utf-8")
EXPORT = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
MAPPING = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_mapping_of_the_page_reads_three_of_four_rows():
    parsed = parse_file(EXPORT.encode(), "export.csv", "headworks", mapping=read_mapping(MAPPING, "lab.toml"))
    columns = ("sample_id", "analyte", "concentration_ng_per_l", "detection", "loq_ng_per_l", "method")
    assert parsed.tables["measurements"].select(columns).rows() == [
        ("W19-Mo", "benzoylecgonine", pytest.approx(250.0), "quantified", 10.0, "SPE-LC-MS/MS"),
        ("W19-Di", "benzoylecgonine", None, "below_loq", 10.0, "SPE-LC-MS/MS"),
        ("W19-Mi", "benzoylecgonine", None, "below_loq", 10.0, "SPE-LC-MS/MS"),
    ]
    assert parsed.refusals.select("row", "column", "found").rows() == [(5, "Ergebnis", "n.n.")]


def test_the_remedy_of_the_page_reads_the_fourth():
    mended = MAPPING.replace('"<BG" = "<LOQ"', '"<BG" = "<LOQ"\n"n.n." = "<LOD"')
    parsed = parse_file(EXPORT.encode(), "export.csv", "headworks", mapping=read_mapping(mended, "lab.toml"))
    assert (parsed.n_refused, parsed.tables["measurements"].height) == (0, 4)
