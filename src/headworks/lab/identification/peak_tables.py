"""The two tables identification reads, and how they are refused.

*Peaks* have one row per injection and analyte, that of the quantifier ion; *qualifiers* one per injection, analyte and further
ion. A ratio of ions is kept with its direction: inside it is always qualifier over quantifier. The trap: instruments print it
either way, and ±40 % of a ratio is not ±40 % of its inverse.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused

PEAK_KEY = ["batch_id", "injection", "analyte"]
QUALIFIER_KEY = [*PEAK_KEY, "qualifier"]
DIRECTIONS = ("qualifier_over_quantifier", "quantifier_over_qualifier")
_PEAK_NUMBERS = ["retention_time_min", "area"]
_PEAK_OPTIONAL = ["internal_standard_retention_time_min", "signal_to_noise"]


def peaks_of(peaks: pl.DataFrame) -> pl.DataFrame:
    """The peaks with their optional columns, and ``is_found``: a time and an area above zero.

    Raises
    ------
    DataRefused
        ``HW-D620`` for a missing column or one that holds no numbers; ``HW-D622`` where an injection has an analyte twice.

    Examples
    --------
    >>> one = {"batch_id": ["b"], "injection": [1], "analyte": ["ketamine"], "sample_type": ["sample"]}
    >>> peaks_of(pl.DataFrame(one | {"retention_time_min": [5.0], "area": [-3.0]}))["is_found"].to_list()
    [False]
    """
    require_columns(peaks, [*PEAK_KEY, "sample_type"], _PEAK_NUMBERS, "peaks")
    absent = [pl.lit(None, pl.Float64).alias(name) for name in _PEAK_OPTIONAL if name not in peaks.columns]
    peaks = peaks.with_columns(absent)
    require_columns(peaks, [], _PEAK_OPTIONAL, "peaks")
    require_once(peaks, PEAK_KEY, "peaks")
    numbers = [_measured(pl.col(name)) for name in (*_PEAK_NUMBERS, *_PEAK_OPTIONAL)]
    peaks = peaks.select(*PEAK_KEY, "sample_type", *numbers)
    return peaks.with_columns(is_found=((pl.col("area") > 0) & (pl.col("retention_time_min") > 0)).fill_null(value=False))


def ratios_of(peaks: pl.DataFrame, qualifiers: pl.DataFrame) -> pl.DataFrame:
    """The ratio of each qualifier to the quantifier of its peak.

    Parameters
    ----------
    peaks
        From :func:`peaks_of`.
    qualifiers
        ``batch_id, injection, analyte, qualifier`` and either ``qualifier_area``, or ``ion_ratio_percent`` with
        ``ratio_direction``, one of ``qualifier_over_quantifier`` and ``quantifier_over_qualifier``.

    Returns
    -------
    pl.DataFrame
        The columns of ``peaks`` and ``qualifier``, ``qualifier_area``, ``ratio`` (1, qualifier over quantifier; null where one
        of the two ions has no peak), in order of the qualifiers.

    Raises
    ------
    DataRefused
        ``HW-D620``, ``HW-D622`` as of the peaks; ``HW-D623`` for a direction that is not known; ``HW-D624`` for a qualifier
        without its peak.
    """
    require_columns(qualifiers, QUALIFIER_KEY, [], "qualifiers")
    require_once(qualifiers, QUALIFIER_KEY, "qualifiers")
    joined = qualifiers.join(peaks, on=PEAK_KEY, how="left", maintain_order="left")
    orphans = joined.filter(pl.col("is_found").is_null())
    if orphans.height:
        raise DataRefused(
            "A qualifier has no quantifier.",
            where="qualifiers",
            found="; ".join(" ".join(map(str, row)) for row in orphans.select(QUALIFIER_KEY).head(3).rows()),
            remedy="Give the row of its analyte among the peaks",
            code="HW-D624",
        )
    if "ion_ratio_percent" in qualifiers.columns:
        joined = joined.with_columns(ratio=_printed_ratio(joined)).with_columns(
            qualifier_area=pl.col("ratio") * pl.col("area")
        )
    else:
        require_columns(qualifiers, [], ["qualifier_area"], "qualifiers")
        joined = joined.with_columns(_measured(pl.col("qualifier_area")))
        joined = joined.with_columns(ratio=pl.col("qualifier_area") / pl.col("area"))
    seen = pl.col("is_found") & (pl.col("qualifier_area") > 0)
    return joined.with_columns(ratio=pl.when(seen).then("ratio")).select(
        *peaks.columns, "qualifier", "qualifier_area", "ratio"
    )


def _printed_ratio(qualifiers: pl.DataFrame) -> pl.Expr:
    """A printed ratio as qualifier over quantifier."""
    require_columns(qualifiers, ["ratio_direction"], ["ion_ratio_percent"], "qualifiers")
    unknown = qualifiers.filter(~pl.col("ratio_direction").is_in(DIRECTIONS).fill_null(value=False))
    if unknown.height:
        raise DataRefused(
            "It is not said which ion is over which.",
            where="qualifiers, column ratio_direction",
            found=", ".join(map(str, unknown["ratio_direction"].unique().sort().to_list())),
            remedy="Give " + " or ".join(DIRECTIONS),
            code="HW-D623",
        )
    ratio = _measured(pl.col("ion_ratio_percent")) * 0.01
    usable = pl.when(ratio > 0).then(ratio)
    return pl.when(pl.col("ratio_direction") == DIRECTIONS[0]).then(usable).otherwise(usable**-1)


def require_columns(table: pl.DataFrame, texts: list[str], numbers: list[str], name: str) -> None:
    """Refuse a table without these columns, or with other than numbers in ``numbers``.

    Raises
    ------
    DataRefused
        ``HW-D620``.
    """
    missing = [column for column in (*texts, *numbers) if column not in table.columns]
    wordy = [
        column for column in numbers if column not in missing and not (table[column].dtype.is_numeric() or not table.height
                                                                       or table[column].dtype == pl.Null)
    ]  # fmt: skip
    if missing or wordy:
        raise DataRefused(
            "A table of the laboratory lacks a column." if missing else "A column of the laboratory holds no numbers.",
            where=f"{name}, column {', '.join(missing or wordy)}",
            found=", ".join(table.columns),
            remedy="Add it" if missing else "Give numbers, and nothing where there is none",
            code="HW-D620",
        )


def require_once(table: pl.DataFrame, key: list[str], name: str) -> None:
    """Refuse a table that has a key twice.

    Raises
    ------
    DataRefused
        ``HW-D622`` with the first three.
    """
    twice = table.filter(table.select(key).is_duplicated()).select(key).unique(maintain_order=True)
    if twice.height:
        raise DataRefused(
            "A row is there twice.",
            where=f"{name}, {', '.join(key)}",
            found="; ".join(" ".join(map(str, row)) for row in twice.head(3).rows()),
            remedy="Give each injection its own name, and each of its rows once",
            code="HW-D622",
        )


def _measured(value: pl.Expr) -> pl.Expr:
    """A number, or null where there is none or it is endless."""
    number = value.cast(pl.Float64)
    return pl.when(number.is_finite()).then(number).alias(value.meta.output_name())
