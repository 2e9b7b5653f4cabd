"""What a drug or an analyte is called, in three ways of writing, and the one id it has here.

A *drug* is what people take (``cannabis``); an *analyte* is what the laboratory measures (``THC-COOH``). The same word may
be both: ``cocaine`` is a drug and an analyte, and as an analyte it is not the residue that consumption is computed from.
So a look-up always says which of the two it wants.

Look-up ignores case, spaces, hyphens and underscores, and full-width forms (NFKC): ``ＴＨＣ－ｃｏｏｈ`` is ``THC-COOH``.

The trap: an abbreviation that means two things in the field is in the file for neither. ``COD`` is codeine and chemical
oxygen demand, ``MCAT`` is methcathinone and mephedrone.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, nearest

Kind = Literal["drug", "analyte"]


@cache
def names() -> pl.DataFrame:
    """Names of all drugs and analytes.

    Returns
    -------
    pl.DataFrame
        kind, id, name_en, name_zh, aliases (list of text); in the order of ``names.csv``.

    Examples
    --------
    >>> names().filter(kind="drug", id="ketamine")["name_zh"].item()
    '氯胺酮'
    """
    frame = pl.read_csv(DATA_DIR / "names.csv", infer_schema=False)
    return frame.with_columns(
        pl.col("aliases").fill_null("").str.split("|").list.eval(pl.element().filter(pl.element() != ""))
    )


def resolve_drug(name: str) -> str:
    """The id of a drug from any of its names.

    Raises
    ------
    ParameterError
        ``HW-P002`` for a name that is no drug, with the nearest one.

    Examples
    --------
    >>> resolve_drug("冰毒"), resolve_drug("MetH"), resolve_drug("3 mmc")
    ('methamphetamine', 'methamphetamine', '3-MMC')
    """
    return _resolve("drug", name)


def resolve_analyte(name: str) -> str:
    """The id of an analyte from any of its names.

    Raises
    ------
    ParameterError
        ``HW-P002`` for a name that is no analyte, with the nearest one.

    Examples
    --------
    >>> resolve_analyte("BZE"), resolve_analyte("11-nor-9-Carboxy-THC"), resolve_analyte("O6-MAM")
    ('benzoylecgonine', 'THC-COOH', '6-MAM')
    """
    return _resolve("analyte", name)


def fold(name: str) -> str:
    """A name without what look-up ignores.

    Examples
    --------
    >>> fold("ＴＨＣ－ｃｏｏｈ "), fold("6_mam")
    ('thccooh', '6mam')
    """
    kept = (c for c in unicodedata.normalize("NFKC", name).casefold() if not _is_ignored(c))
    return "".join(kept)


def _is_ignored(character: str) -> bool:
    # Pd: hyphens and dashes, Cf: invisible marks such as a soft hyphen; U+2212 is the minus sign.
    return character.isspace() or character in "_\u2212" or unicodedata.category(character) in {"Pd", "Cf"}


@cache
def _index(kind: Kind) -> dict[str, str]:
    index: dict[str, str] = {}
    for substance, english, chinese, aliases in names().filter(kind=kind).select(pl.exclude("kind")).iter_rows():
        for word in (substance, english, chinese, *aliases):
            if index.setdefault(fold(word), substance) != substance:
                raise ParameterError(
                    f"A name stands for two {kind}s.",
                    where="names.csv",
                    found=f"{word}: {index[fold(word)]}, {substance}",
                    remedy="Keep it for one of them, or for neither",
                    code="HW-P003",
                )
    return index


def _resolve(kind: Kind, name: str) -> str:
    index = _index(kind)
    if (found := index.get(fold(name))) is not None:
        return found
    other: Kind = "analyte" if kind == "drug" else "drug"
    elsewhere = _index(other).get(fold(name))
    guess = nearest(fold(name), index)
    if guess.startswith("Did you mean "):
        guess = f"Did you mean {index[guess.removeprefix('Did you mean ').removesuffix('?')]}?"
    else:
        guess = f"Give one of {', '.join(dict.fromkeys(index.values()))}, or an alias of names.csv"
    raise ParameterError(
        f"There is no {kind} of that name.",
        found=name,
        remedy=f"{elsewhere} is a name of the other kind, {other}" if elsewhere else guess,
        code="HW-P002",
    )
