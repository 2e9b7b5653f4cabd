"""Which sample of a batch a name in an export is: its code, alone or as one word of the name; else what a person said.

    P440103-20250106-01-9, P440103-20250106-01-9 rep 2, 012_P440103-20250106-01-9.d

A name that is no code is listed and asked, never dropped. The trap: what is spiked or diluted is not the sample, so a name
with any other word beside the code, or with two codes, is asked too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.desk import read_sample_code
from headworks.workflows.laboratory import no_sheet

# What is written around a code by software that counts or names its files.
_BETWEEN = re.compile(r"[\s_/\\:;,.()\[\]]+")
# What may stand beside a code: a number, a replicate, the ending of a data file.
_BESIDE = re.compile(r"\d*|(rep|r|inj)\d*|d|raw|wiff2?|lcd", re.IGNORECASE)
_OF_SAMPLES = ("sample", "duplicate")


def code_in(name: str) -> str | None:
    """The code in a sample's name.

    Examples
    --------
    >>> code_in("012_P440103-20250106-01-9.d"), code_in("p440103 20250106 019"), code_in("P440103-20250106-01-9 spike")
    ('P440103-20250106-01-9', 'P440103-20250106-01-9', None)
    """
    whole = _code(name)
    if whole:
        return whole
    parts = [(part, _code(part)) for part in _BETWEEN.split(name)]
    found = {code for _part, code in parts if code}
    is_clear = len(found) == 1 and all(code or _BESIDE.fullmatch(part) for part, code in parts)
    return found.pop() if is_clear else None


def _code(text: str) -> str | None:
    try:
        return read_sample_code(text)
    except UsageError:
        return None


def match_samples(names: Iterable[str], samples: Collection[str], said: Mapping[str, str]) -> dict[str, str | None]:
    """For each name its sample in the batch, or None; an empty word of a person says that it is none.

    Examples
    --------
    >>> match_samples(["S1", "S2"], ["P-1"], {"S1": "P-1", "S2": ""})
    {'S1': 'P-1', 'S2': ''}
    """
    matched: dict[str, str | None] = {}
    for name in dict.fromkeys(names):
        answer = said.get(name)
        code = code_in(name) if answer is None else answer
        matched[name] = code if code == "" or code in samples else None
    return matched


def names_of(rows: pl.DataFrame, sheet: pl.DataFrame | None = None) -> list[str]:
    """Names in an export that are of samples, in order of the run; a role in the batch sheet counts before the export's."""
    mine = rows.filter(pl.col("sample_type").cast(pl.String).is_in(_OF_SAMPLES)).sort("injection", maintain_order=True)
    roles = {} if sheet is None else dict(sheet.drop_nulls("role").select("sample_name", "role").rows())
    names = mine["sample_name"].unique(maintain_order=True).to_list()
    return [name for name in names if name and roles.get(name, "sample") in _OF_SAMPLES]


def sheet_with_samples(sheet: pl.DataFrame | None, matched: Mapping[str, str | None]) -> pl.DataFrame:
    """The batch sheet with the samples of the batch, and no others: what a sheet says of samples elsewhere does not count."""
    written = no_sheet() if sheet is None else sheet
    found = pl.DataFrame(
        [(name, code) for name, code in matched.items() if code],
        schema={"sample_name": pl.String, "_code": pl.String}, orient="row",
    )  # fmt: skip
    merged = written.join(found, on="sample_name", how="full", coalesce=True, maintain_order="left_right")
    return merged.with_columns(sample_id=pl.col("_code")).select(written.columns)
