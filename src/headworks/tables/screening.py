"""Mass spectra, suspects, and what of them was found in which sample.

A spectrum is a row with its peaks as two lists. A *suspect* is a compound somebody looks for, with the m/z of its ion and of
its fragments. The trap: ``first_seen`` is the sample's own day, not the day on which somebody looked.
"""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about

POLARITIES = ["positive", "negative"]
REVIEWS = ["open", "confirmed", "rejected"]
HIT_LEVELS = ["1", "2a", "2b", "3a", "3b", "3c", "4a", "4b", "5"]


class Spectra(Table):
    """Spectra of a library, of queries or of a run, with the licence each came under."""

    spectrum_id = dy.String(
        primary_key=True, min_length=1, description="Accession of the record, or scan of the run.", metadata=about("-")
    )
    ms_level = dy.Int16(min=1, description="1, or 2 and above for product ions.", metadata=about("1"))
    compound = dy.String(nullable=True, description="Name as written.", metadata=about("-"))
    inchikey = dy.String(nullable=True, description="InChIKey as written.", metadata=about("-"))
    formula = dy.String(nullable=True, description="Molecular formula as written.", metadata=about("-"))
    precursor_mz = dy.Float64(
        nullable=True, min_exclusive=0, description="Precursor ion; empty where not said.", metadata=about("m/z")
    )
    adduct = dy.String(nullable=True, description="Kind of precursor, [M+H]+.", metadata=about("-"))
    polarity = dy.Enum(POLARITIES, nullable=True, description="Ion mode; empty where not said.", metadata=about("-"))
    instrument = dy.String(nullable=True, description="Instrument and its type.", metadata=about("-"))
    collision_energy = dy.String(nullable=True, description="As written; units differ between libraries.", metadata=about("-"))
    retention_time_min = dy.Float64(nullable=True, min=0, description="Retention time.", metadata=about("min"))
    contributor = dy.String(nullable=True, description="Who measured or gave it.", metadata=about("-"))
    authors = dy.String(nullable=True, description="To be named when it is shown or passed on.", metadata=about("-"))
    license = dy.String(nullable=True, description="Licence of the record.", metadata=about("-"))
    source_row = dy.Int64(min=0, description="Line of the file it begins on, or place in the run.", metadata=about("1"))
    mz = dy.List(dy.Float64(), description="Peaks, ascending.", metadata=about("m/z"))
    intensity = dy.List(dy.Float64(), description="Their intensities.", metadata=about("counts or relative"))


class Suspects(Table):
    """Compounds somebody looks for: one row per compound and ion."""

    substance = dy.String(primary_key=True, min_length=1, description="Name.", metadata=about("-"))
    adduct = dy.String(primary_key=True, description="Kind of ion.", metadata=about("-"))
    inchikey = dy.String(nullable=True, description="InChIKey, where known.", metadata=about("-"))
    formula = dy.String(nullable=True, description="Molecular formula, where known.", metadata=about("-"))
    precursor_mz = dy.Float64(
        nullable=True,
        min_exclusive=0,
        description="m/z of the ion as written; where empty, it follows from formula and adduct.",
        metadata=about("m/z"),
    )
    polarity = dy.Enum(
        POLARITIES, nullable=True, description="Ion mode; where empty, that of the adduct.", metadata=about("-")
    )
    retention_time_min = dy.Float64(
        nullable=True, min=0, description="Time of the laboratory's own standard.", metadata=about("min")
    )
    fragment_mz = dy.List(dy.Float64(), description="Diagnostic fragments, ascending.", metadata=about("m/z"))
    license = dy.String(nullable=True, description="Licence of the list's row.", metadata=about("-"))
    source_row = dy.Int64(min=0, description="Row of the file.", metadata=about("1"))


class ScreeningHits(Table):
    """What screening found: one row per sample, suspect and ion, with the level of identification and the rule that gave it."""

    sample_id = dy.String(primary_key=True, min_length=1, description="Sample.", metadata=about("-"))
    substance = dy.String(
        primary_key=True, min_length=1, description="Compound as the list or library names it.", metadata=about("-")
    )
    adduct = dy.String(primary_key=True, description="Kind of ion; empty where the library does not say.", metadata=about("-"))
    run = dy.String(primary_key=True, min_length=1, description="SHA-256 of the run it was found in.", metadata=about("-"))
    inchikey = dy.String(nullable=True, description="InChIKey, where known.", metadata=about("-"))
    level = dy.Enum(HIT_LEVELS, description="Schymanski level.", metadata=about("-"))
    rule = dy.String(description="Rule that gave the level.", metadata=about("-"))
    score = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Agreement with the library's spectrum; empty without one.",
        metadata=about("1"),
    )
    n_fragments = dy.Int32(min=0, description="Fragments that agree besides the precursor.", metadata=about("1"))
    is_few_fragments = dy.Bool(description="Fewer agree than a spectrum needs to tell compounds apart.", metadata=about("-"))
    precursor_mz = dy.Float64(min_exclusive=0, description="Found.", metadata=about("m/z"))
    deviation_ppm = dy.Float64(description="Found against expected.", metadata=about("ppm"))
    retention_time_min = dy.Float64(nullable=True, min=0, description="Found.", metadata=about("min"))
    retention_difference_min = dy.Float64(
        nullable=True, description="Found less that of the own standard.", metadata=about("min")
    )
    isotope_score = dy.Float64(
        nullable=True, min=0, max=1, description="Agreement of the isotope pattern with the formula.", metadata=about("1")
    )
    intensity = dy.Float64(nullable=True, min=0, description="Height of the feature.", metadata=about("counts"))
    isomers = dy.String(description="Compounds MS/MS does not tell it from, separated by semicolons.", metadata=about("-"))
    library_record = dy.String(nullable=True, description="Record of the library that agrees best.", metadata=about("-"))
    license = dy.String(nullable=True, description="Licence of that record.", metadata=about("-"))
    library_mz = dy.List(
        dy.Float64(), nullable=True, description="Its highest peaks, ascending; empty without a record.", metadata=about("m/z")
    )
    library_share = dy.List(
        dy.Float64(), nullable=True, description="Their heights as shares of the highest.", metadata=about("1")
    )
    reason = dy.String(description="In words.", metadata=about("-"))
    sampled_on = dy.Date(nullable=True, description="Day of the sample; empty while unknown.", metadata=about("date"))
    first_seen = dy.Date(
        nullable=True, description="First day on which the compound was found in any sample.", metadata=about("date")
    )
    review = dy.Enum(REVIEWS, description="What a person made of it.", metadata=about("-"))
