"""Which compounds MS/MS does not tell apart: named in the reference, near equal in a library, or near equal to one spectrum.

Compounds of one formula are a pair when a record of one scores at least :data:`NEAR_EQUAL` against a record of the other,
measured on the library itself; and *rivals* where one spectrum agrees with both to :data:`RIVAL_MARGIN`. A hit with such
others says that it is one of them. The trap: a library that lacks the isomer cannot show it, hence the named groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from headworks.lab.screening.search_library import Candidates, search_library
from headworks.lab.screening.spectrum_index import SpectrumIndex
from headworks.reference.screening_rules import isomer_groups

# Higher than the threshold of a hit: two compounds above it give each other's name as readily as their own.
NEAR_EQUAL = 0.8
# An isomer that scores so much less may still be the one: codeine is named hydrocodone by 0.2 to 0.3 where another instrument
# made the spectrum (docs/studies/spectral_search.md, "What a hit says").
RIVAL_MARGIN = 0.3


def library_isomers(
    index: SpectrumIndex, spectra: pl.DataFrame, least_score: float = NEAR_EQUAL
) -> dict[int, tuple[str, ...]]:
    """Names of the compounds each compound of a library is not told from, by ``compound_number``.

    Parameters
    ----------
    index, spectra
        Of one library.
    least_score
        From which spectra are near equal.
    """
    found = search_library(index, spectra)
    place = {name: number for number, name in enumerate(index.records["spectrum_id"].to_list())}
    # A record that could not be indexed had no candidates either.
    record = np.array([place.get(name, -1) for name in spectra["spectrum_id"].to_list()])[found.query]
    own, other = index.compound_number[record], found.compound_number
    formula = index.compounds["formula"].to_list()
    pairs: dict[int, set[int]] = {}
    is_near = (own != other) & (found.score >= least_score)
    for a, b in np.unique(np.stack([own[is_near], other[is_near]], axis=1), axis=0).tolist():
        if formula[a] is not None and formula[a] == formula[b]:
            pairs.setdefault(a, set()).add(b)
            pairs.setdefault(b, set()).add(a)
    names = index.compounds["compound"].to_list()
    return {number: tuple(sorted(names[other] for other in others)) for number, others in pairs.items()}


def rivals_of(index: SpectrumIndex, candidates: Candidates, query: slice, at: int) -> tuple[str, ...]:
    """Names of other compounds of one formula that the query's spectrum does not tell from candidate ``at``.

    Parameters
    ----------
    index, candidates
        As searched.
    query
        Candidates of the query.
    at
        One of them, ``query.start <= at < query.stop``.
    """
    names, formulas = index.compounds["compound"], index.compounds["formula"]
    formula = formulas[int(candidates.compound_number[at])]
    near = np.flatnonzero(candidates.score[query] >= candidates.score[at] - RIVAL_MARGIN) + query.start
    numbers = candidates.compound_number[near[near != at]].tolist()
    return tuple(sorted(names[number] for number in numbers if formula is not None and formulas[number] == formula))


def named_isomers() -> Mapping[str, tuple[str, ...]]:
    """Other members of a compound's named groups, by lower-case name and by first block of the InChIKey.

    Examples
    --------
    >>> "3-MMC" in named_isomers()["mephedrone"]
    True
    """
    groups = isomer_groups()
    members: dict[str, list[str]] = {}
    for group, member in groups.select("group", "member").iter_rows():
        members.setdefault(group, []).append(member)
    found: dict[str, set[str]] = {}
    for group, member, block in groups.select("group", "member", "inchikey_block").iter_rows():
        same = {other for other, key in groups.filter(group=group).select("member", "inchikey_block").iter_rows()
                if other != member and (block is None or key != block)}  # fmt: skip
        for key in filter(None, (member.lower(), block)):
            found.setdefault(key, set()).update(same)
    return {key: tuple(sorted(names)) for key, names in found.items()}


def isomers_of(
    name: str, inchikey: str | None, named: Mapping[str, tuple[str, ...]], near: Sequence[str] = ()
) -> tuple[str, ...]:
    """Those of all kinds of a compound, each name once; ``near`` are those of spectra."""
    block = (inchikey or "")[:14].upper()
    found = {*near, *named.get(name.lower(), ()), *named.get(block, ())}
    return tuple(sorted(other for other in found if other.lower() != name.lower()))
