"""Profiles: read, refused, written, proposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.instrument.builders import MASSHUNTER, SKYLINE, TARGETLYNX, batch

from headworks.core.errors import HeadworksError, UsageError
from headworks.intake.instrument import Profile, load_profile, propose_profile, read_instrument_export, write_profile
from headworks.tables.instrument import SAMPLE_TYPES

words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=12)
names = st.dictionaries(words, words, max_size=3)


@given(
    st.builds(
        Profile, decimal=st.sampled_from([None, ",", "."]), concentration_unit=st.none() | words, columns=names, analytes=names,
        ignored=st.lists(words, max_size=3).map(tuple), samples=st.dictionaries(words, st.sampled_from(SAMPLE_TYPES), max_size=3),
        internal_standards=names, quantifiers=names,
    )
)  # fmt: skip
def test_a_profile_written_and_read_is_the_same(profile):
    assert load_profile(write_profile(profile)) == profile


def test_a_profile_is_read_from_a_file(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(write_profile(Profile(format="sciex", timezone="Asia/Shanghai")), encoding="utf-8")
    assert load_profile(path) == Profile(format="sciex", timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("decimal = ", "not TOML"),
        ('decimol = ","', "Did you mean decimal"),
        ('decimal = ";"', "Use one of"),
        ('date_order = "ydm"', "dmy, mdy"),
        ("sheet = 3", 'Write sheet = "…"'),
        ('samples = "B1"', r"Write \[samples\]"),
        ('[sample_types]\nEQC = "qcc"', "Did you mean qc"),
        ('timezone = "Mars/Olympus"', "time zone"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_what_would_do(text, word):
    with pytest.raises(HeadworksError, match=word):
        load_profile(text)


def test_a_profile_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not TOML"):
        load_profile(tmp_path / "none.toml")


@pytest.mark.parametrize("text", [MASSHUNTER, SKYLINE, TARGETLYNX, batch(lambda r: r.replace("calibrator", "Calibartor"))])
def test_a_proposal_once_accepted_leaves_only_what_nobody_can_guess(text):
    proposal = propose_profile(text.encode(), file="x.txt")
    export = read_instrument_export(text.encode(), load_profile(write_profile(proposal.profile)), file="x.txt")
    assert {question.code for question in export.questions} <= {"HW-D645"}
    assert set(export.questions) == set(proposal.open)
    assert read_instrument_export(text.encode(), Profile(**{**vars(proposal.profile), "concentration_unit": "ng/mL"})).is_ready


def test_a_proposal_keeps_what_was_said_and_finds_a_column_by_its_nearest_name():
    text = batch().replace("area", "arae").replace("ng/mL", "")
    proposal = propose_profile(text.encode(), Profile(concentration_unit="ug/L"))
    assert proposal.profile.columns == {"area": "arae"}
    assert proposal.profile.concentration_unit == "ug/L"
    assert proposal.export.is_ready


def test_our_names_for_compounds_and_a_target_without_a_standard():
    profile = load_profile('[analytes]\n"coc" = "cocaine"\n[internal_standards]\n"coc" = "none"\n')
    rows = read_instrument_export(batch().encode(), profile).rows
    assert rows["analyte"].unique(maintain_order=True).to_list() == ["cocaine", "coc-d3"]
    assert rows["compound_as_written"].unique(maintain_order=True).to_list() == ["coc", "coc-d3"]
    assert rows["internal_standard"].null_count() == 10
