"""Words of vendors and their guesses."""

from __future__ import annotations

import pytest

from headworks.intake.instrument.vocabulary import FIELDS, find_field, nearest_word, read_header
from headworks.reference.instrument_words import instrument_words
from headworks.tables.instrument import IONS, ROLES, SAMPLE_TYPES

OURS = {"column": {*FIELDS, "ignored"}, "sample_type": set(SAMPLE_TYPES), "role": set(ROLES), "ion": set(IONS), "absent": {""}}


def test_every_word_means_something_of_ours_and_says_where_it_is_from():
    for word in instrument_words():
        assert word.ours in OURS[word.kind], word
        assert word.source
        assert ("from memory" in word.source) == (word.status == "from memory"), word


@pytest.mark.parametrize(
    ("header", "name", "field", "unit"),
    [("RT", "masshunter", "retention_time_min", ""), ("RT", "tracefinder", "expected_retention_time_min", ""),
     ("Calculated Concentration (ng/mL)", "sciex", "vendor_concentration", "ng/mL"), ("Vol. (uL)", "masshunter", "injection_volume_ul", "uL"),
     ("µmol/L", "targetlynx", "vendor_concentration", "µmol/L"), ("m/z (Expected)", "tracefinder", "product_mz", ""),
     ("峰面积", "generic", "area", ""), ("Shoe size", "sciex", "", "")],
)  # fmt: skip
def test_a_header_is_read_in_the_words_of_its_format(header, name, field, unit):
    assert find_field(header, name) == (field, unit)


def test_the_nearest_word_is_a_guess_and_no_guess_is_to_ignore():
    assert read_header("Retension Time", "sciex").guess == "retention_time_min"
    assert read_header("Xyzzy", "sciex").guess == "ignored"
    assert nearest_word("Qualitty Control", "sample_type", "masshunter") == "qc"
    assert nearest_word("Zebra", "sample_type", "masshunter") == ""
