"""Which compound a spectrum from another instrument is given, and how often one that is not in the library gets a name.

    make study NAME=spectral_search

Reads the demonstration library in the shared data beside the project. Writes ``docs/studies/spectral_search.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from headworks.intake.spectra import read_spectra
from headworks.lab.screening import THRESHOLD, SpectrumIndex, index_library, search_library
from headworks.lab.screening.identification_level import FEW_FRAGMENTS
from headworks.lab.screening.isomers import NEAR_EQUAL, RIVAL_MARGIN, named_isomers
from headworks.reference.screening_rules import isomer_groups, level_rules

LIBRARY = Path(__file__).parents[2] / "shared" / "data" / "massbank-drugs" / "massbank_drugs.msp"
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "spectral_search.md"
SEED = 20261122
SEEDS = 40
# Other splits than those on which threshold and margin were chosen.
FRESH = 4711
MARGINS = (0.0, 0.1, 0.2, RIVAL_MARGIN, 0.4)
ABSENT = 0.25
THRESHOLDS = (0.5, 0.55, 0.6, 0.62, 0.65, 0.7, 0.75)


class Pairs(NamedTuple):
    """Every pair of a query and another record within 10 ppm, best first; and what the records are."""

    query: np.ndarray
    record: np.ndarray
    scores: dict[str, np.ndarray]
    compound: np.ndarray
    is_target: np.ndarray
    source: dict[str, np.ndarray]
    n_fragments: np.ndarray
    formula: np.ndarray
    named: np.ndarray


class Split(NamedTuple):
    """Records that are asked, records that are the library, and whether the compound of each record is in it."""

    asked: np.ndarray
    library: np.ndarray
    is_known: np.ndarray


class Outcome(NamedTuple):
    """Of a split: ranks of the right compound (99: none), score and rightness of the first, scores of absent ones' first."""

    rank: np.ndarray
    top: np.ndarray
    is_right: np.ndarray
    absent: np.ndarray


class Said(NamedTuple):
    """Of the hits of a split, as shares of the queries of known and of absent compounds.

    ``right`` names the compound, alone or among others; ``wrong`` does not; ``alone`` names one compound; ``false`` is a hit
    on an absent compound that does not name it among its isomers. ``probable`` are the same of hits of level 2a.
    """

    right: float
    wrong: float
    alone: float
    size: float
    false: float
    probable_right: float
    probable_wrong: float
    probable_false: float


def pairs() -> Pairs:
    """Scores of the whole library against itself, each record but itself."""
    content = LIBRARY.read_bytes()
    spectra = read_spectra(content, LIBRARY.name).spectra
    index = index_library(spectra)
    records = index.records
    place = {name: k for k, name in enumerate(spectra["spectrum_id"].to_list())}
    ordered = spectra[[place[name] for name in records["spectrum_id"].to_list()]]
    found = search_library(index, ordered, by_record=True)
    is_other = found.query != found.record
    # Both are fields the library's reader has no use for.
    roles = [line[6:] for line in content.decode().splitlines() if line.startswith("Role: ")]
    role = np.array(roles)[[place[name] for name in records["spectrum_id"].to_list()]]
    instrument = records["instrument"].str.replace_all(r"[() ]|Fisher|Scientific|Thermo|SCIEX|Bruker", "").to_numpy()
    energy = records["collision_energy"].fill_null("").to_numpy()
    contributor = records["contributor"].fill_null("").to_numpy()
    source = {
        "instrument": instrument, "contributor": contributor,
        "instrument and contributor": np.char.add(instrument.astype(str), contributor.astype(str)),
        "energy": np.char.add(instrument.astype(str), energy.astype(str)),
    }  # fmt: skip
    scores = {"score": found.score, "entropy": found.entropy, "cosine": found.cosine}
    return Pairs(
        found.query[is_other], found.record[is_other], {k: v[is_other] for k, v in scores.items()}, index.compound_number,
        role == "target", source, found.n_fragments[is_other], np.array(index.compounds["formula"].to_list(), dtype=object),
        _named(index),
    )  # fmt: skip


def _named(index: SpectrumIndex) -> np.ndarray:
    """Whether the reference names compound ``j`` as an isomer of compound ``i``, whatever the library holds."""
    of, groups = named_isomers(), isomer_groups()
    block = dict(groups.select("member", "inchikey_block").iter_rows())
    names = [name.lower() for name in index.compounds["compound"].to_list()]
    keys = [(key or "")[:14] for key in index.compounds["inchikey"].to_list()]
    found = np.zeros((len(names), len(names)), bool)
    for i in range(len(names)):
        others = {*of.get(names[i], ()), *of.get(keys[i], ())}
        wanted = {other.lower() for other in others} | {block.get(other) for other in others} - {None}
        found[i] = [i != j and (names[j] in wanted or keys[j] in wanted) for j in range(len(names))]
    return found


def whole_sources(data: Pairs, by: str, rng: np.random.Generator, *, only_targets: bool) -> Split:
    """Sources of about 500 records are asked, all others are the library; a quarter of the compounds is taken from it."""
    source = data.source[by]
    names, counts = np.unique(source, return_counts=True)
    held: list[str] = []
    for k in rng.permutation(names.size):
        if sum(counts[np.isin(names, held)]) + counts[k] <= 700:
            held.append(names[k])
        if sum(counts[np.isin(names, held)]) > 450:
            break
    is_absent = rng.random(data.compound.max() + 1) < ABSENT
    asked = np.isin(source, held) & (data.is_target if only_targets else True)
    return _known_only(data, asked, ~np.isin(source, held), is_absent)


def each_source(data: Pairs, by: str, rng: np.random.Generator, *, most: int = 3) -> Split:
    """Of each target one source is asked and the others are the library: harder, for isomers stay with all their sources."""
    source, n = data.source[by], data.compound.max() + 1
    is_absent = (rng.random(n) < ABSENT) & np.isin(np.arange(n), data.compound[data.is_target])
    library, asked = np.ones(data.compound.size, bool), np.zeros(data.compound.size, bool)
    for number in np.unique(data.compound[data.is_target]):
        rows = np.flatnonzero(data.compound == number)
        names = np.unique(source[rows])
        if is_absent[number]:
            held = rows
        elif names.size < 2:
            continue
        else:
            n_held = max(1, int(0.3 * names.size)) if by == "energy" else 1
            held = rows[np.isin(source[rows], rng.permutation(names)[:n_held])]
        library[held] = False
        asked[rng.permutation(held)[:most]] = True
    return _known_only(data, asked, library, is_absent)


def _known_only(data: Pairs, asked: np.ndarray, library: np.ndarray, is_absent: np.ndarray) -> Split:
    library = library & ~is_absent[data.compound]
    has = np.zeros(is_absent.size, bool)
    has[data.compound[library]] = True
    return Split(asked & (has | is_absent)[data.compound], library, ~is_absent[data.compound])


DESIGNS: dict[str, Callable[[Pairs, np.random.Generator], Split]] = {
    "whole instruments of contributors": lambda d, r: whole_sources(d, "instrument and contributor", r, only_targets=True),
    "whole instruments": lambda d, r: whole_sources(d, "instrument", r, only_targets=False),
    "whole contributors": lambda d, r: whole_sources(d, "contributor", r, only_targets=False),
    "one instrument of each target": lambda d, r: each_source(d, "instrument", r),
    "one contributor of each target": lambda d, r: each_source(d, "contributor", r),
    "energies of each target": lambda d, r: each_source(d, "energy", r),
}


def outcome(data: Pairs, split: Split, method: str) -> Outcome:
    """What the search says of the split's queries."""
    is_used = split.asked[data.query] & split.library[data.record]
    query, compound = data.query[is_used], data.compound[data.record[is_used]]
    score = data.scores[method][is_used]
    order = np.lexsort((np.arange(query.size), -score, query))
    query, compound, score = query[order], compound[order], score[order]
    _, first = np.unique(query * 10_000 + compound, return_index=True)
    first.sort()
    query, compound, score = query[first], compound[first], score[first]
    begin = np.searchsorted(query, query, side="left")
    rank = np.arange(query.size) - begin
    n = split.asked.size
    right, top, is_right = np.full(n, 99), np.zeros(n), np.zeros(n, bool)
    hit = compound == data.compound[query]
    right[query[hit]] = rank[hit]
    top[query[rank == 0]], is_right[query[rank == 0]] = score[rank == 0], hit[rank == 0]
    known, absent = split.asked & split.is_known, split.asked & ~split.is_known
    return Outcome(right[known], top[known], is_right[known], top[absent])


def said(data: Pairs, split: Split, margin: float) -> Said:
    """What the hits of a split say: one compound, or one of several that MS/MS does not tell apart."""
    is_used = split.asked[data.query] & split.library[data.record]
    query, score, n = data.query[is_used], data.scores["score"][is_used], data.n_fragments[is_used]
    compound = data.compound[data.record[is_used]]
    near, rule = _near_equal(data, split), next(rule for rule in level_rules() if rule.level == "2a")
    counted = np.zeros(8)
    order = np.lexsort((np.arange(query.size), -score, query))
    for rows in np.split(order, np.flatnonzero(np.diff(query[order])) + 1):
        top, truth = compound[rows[0]], data.compound[query[rows[0]]]
        if score[rows[0]] < THRESHOLD:
            continue
        isomers = data.formula[compound[rows]] == data.formula[top]
        rivals = set(compound[rows][isomers & (score[rows] >= score[rows[0]] - margin)].tolist()) if margin > 0 else set()
        group = {top} | rivals | set(np.flatnonzero(near[top]).tolist())
        is_alone = len(group) == 1 and not data.named[top].any()
        is_right = truth in group or bool(data.named[top, truth])
        second = max((score[k] for k in rows if compound[k] != top), default=0.0)
        is_probable = is_alone and n[rows[0]] >= FEW_FRAGMENTS
        is_probable &= score[rows[0]] >= (rule.least_score or 0) and score[rows[0]] - second >= (rule.least_gap or 0)
        if split.is_known[query[rows[0]]]:
            counted[[0, 1, 2, 3, 5, 6]] += [is_right, not is_right, is_alone, len(group), is_probable and top == truth,
                                            is_probable and top != truth]  # fmt: skip
        else:
            counted[[4, 7]] += [not is_right, is_probable]
    known, absent = (split.asked & split.is_known).sum(), (split.asked & ~split.is_known).sum()
    counted[3] *= known / max(counted[0] + counted[1], 1)
    return Said(*(counted / np.array([known, known, known, known, absent, known, known, absent])))


def _near_equal(data: Pairs, split: Split) -> np.ndarray:
    """Compounds of one formula that the split's library itself does not tell apart."""
    is_near = split.library[data.query] & split.library[data.record] & (data.scores["score"] >= NEAR_EQUAL)
    one, other = data.compound[data.query[is_near]], data.compound[data.record[is_near]]
    found = np.zeros((data.formula.size, data.formula.size), bool)
    is_pair = (one != other) & (data.formula[one] == data.formula[other])
    found[one[is_pair], other[is_pair]] = found[other[is_pair], one[is_pair]] = True
    return found


def rates(found: list[Outcome], threshold: float) -> tuple[float, ...]:
    """top-1, top-5, recall, wrong, false: means over splits."""
    rows = [
        (
            np.mean(one.rank == 0), np.mean(one.rank < 5), np.mean(one.is_right & (one.top >= threshold)),
            np.mean(~one.is_right & (one.top >= threshold)), np.mean(one.absent >= threshold),
        )
        for one in found
    ]  # fmt: skip
    return tuple(np.mean(rows, axis=0).tolist())


def study(data: Pairs, seeds: int, method: str = "score") -> Iterator[tuple[str, list[Outcome]]]:
    """Outcomes by design."""
    for name, design in DESIGNS.items():
        yield name, [outcome(data, design(data, np.random.default_rng([SEED, k])), method) for k in range(seeds)]


_OF_HITS = f"""
## What a hit says

A hit names its compound and those that MS/MS does not tell from it: isomers named in the reference, isomers whose spectra
in the library are near equal, and *rivals*, isomers that score at most a margin less. With such others it is level 3 at
best: one of these. Fresh splits (seed {FRESH}), {SEEDS // 2} of each design, threshold {THRESHOLD:.2f}. *Right* and *wrong*:
the compound is, is not, among those named; *alone*: one compound is named; *size*: compounds of the library that a hit
names; *false*: a hit on an absent compound that does not name it. Level 2a is what is said without reserve.

| design | margin | right | wrong | alone | size | false on absent | 2a right | 2a wrong | 2a false |
|---|---|---|---|---|---|---|---|---|---|"""
_OF_MARGIN = f"""
The margin of {RIVAL_MARGIN} is decided by one pair: codeine, whose spectra of some instruments are nearer to those of
hydrocodone by 0.2 to 0.3. Chosen on one half of the formulas it was 0.25, and the other half had at most 1.6 % wrong;
chosen on that half it was 0.2, and the first had 3.7 %.

A probability was tried instead of the score: logistic regression on the score, both similarities, the distance to the next
compound, fragments that agree, their share of either spectrum and their deviation, entropy, how many records and sources
of the compound agree; trained on other formulas than those asked. At equal recall it had more false hits than the score in
every design (10 % instead of 6 % in the first, 18 % instead of 12 % in the fourth), fewer wrong ones in three (1.6 % instead
of 2.9 % in the fourth), and was not kept.

**Also tried, and not kept:** a score that counts what a fragment tells. Each fragment that agrees has its lesser share
times log(compounds of the split's library / those with a fragment within 0.02 Da) / log(compounds); the sum `i` times
the score as `i / (i + 0.1)`, alone and times 0.7 to 1 by the lesser entropy of both spectra. At one threshold of equal
recall over all designs (81 %; 20 splits of each, seed 4711), false hits became fewer by 1.2 and 1.5 points on the mean
of the designs, with 95 % of resamples of the formulas between -3.0 and +1.3, -3.5 and +1.2; wrong ones were +0.1 (-0.1
to +0.4) and -0.3 (-0.9 to +0.3). Chosen on one half of the formulas, seed 99, the first took nothing from the false
hits of the other: most of the gain is methamphetamine and phentermine, and tenamfetamine got false hits that it had
not. Two or three fragments required, a threshold that rises at low entropy or with few fragments, a fragment's
information within the cosine, the share of the query that is explained, and the mean of the best two records of a
compound moved false hits by less than the halves differ, or raised them."""


def _what_hits_say(data: Pairs) -> Iterator[str]:
    """The part on hits that name several compounds."""
    yield _OF_HITS
    for name, design in DESIGNS.items():
        splits = [design(data, np.random.default_rng([FRESH, k])) for k in range(SEEDS // 2)]
        for margin in MARGINS:
            mean = Said(*np.mean([said(data, split, margin) for split in splits], axis=0).tolist())
            yield (
                f"| {name} | {margin:.1f} | {mean.right:.3f} | {mean.wrong:.4f} | {mean.alone:.3f} | {mean.size:.2f} "
                f"| {mean.false:.3f} | {mean.probable_right:.3f} | {mean.probable_wrong:.4f} | {mean.probable_false:.4f} |"
            )
    yield _OF_MARGIN


def main() -> None:
    data = pairs()
    lines = [
        "# The spectral search, held to spectra of other instruments",
        "",
        "Written by `make study NAME=spectral_search`. Library: the 2,277 spectra of 180 compounds of the demonstration",
        "library (MassBank 2025.05.1), 10 ppm, 0.02 Da. A compound is the first block of an InChIKey. A quarter of the",
        f"compounds is taken from the library: their queries should have no hit. {SEEDS} splits of each design, seed {SEED}; `±` is",  # noqa: E501
        "the standard deviation of top-1 between splits, `queries` the mean number of queries of known compounds in one.",
        "",
        f"## At the default threshold, {THRESHOLD:.2f}",
        "",
        "| design | method | queries | top-1 | ± | top-5 | recall | wrong | false on absent |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    by_threshold = []
    for method in ("score", "entropy", "cosine"):
        for name, found in study(data, SEEDS, method):
            n = np.mean([one.rank.size for one in found])
            spread = np.std([np.mean(one.rank == 0) for one in found])
            one, five, recall, wrong, false = rates(found, THRESHOLD)
            lines.append(
                f"| {name} | {method} | {n:.0f} | {one:.3f} | {spread:.3f} | {five:.3f} | {recall:.3f} | {wrong:.3f} "
                f"| {false:.3f} |"
            )
            if method == "score":
                by_threshold += [(name, t, *rates(found, t)[2:]) for t in THRESHOLDS]
    lines += [
        "",
        "## The threshold of the score",
        "",
        "| design | threshold | recall | wrong | false on absent |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {t:.2f} | {recall:.3f} | {wrong:.3f} | {false:.3f} |" for name, t, recall, wrong, false in by_threshold
    ]
    lines += [*_what_hits_say(data)]
    lines += [
        "",
        "## What is left",
        "",
        "Designs with one instrument of each target are harder than a laboratory's day: the library keeps every isomer with all",  # noqa: E501
        "its instruments and loses the target's. Wrong and false hits there are isomers whose spectra are near equal (codeine and",  # noqa: E501
        "hydrocodone, caffeine and isocaffeine, the chlorophenylpiperazines, memantine and rimantadine, tyramine and",
        "o-phenetidine); no threshold takes them away without the right ones, so they are named as isomers and capped at level 3.",  # noqa: E501
    ]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
