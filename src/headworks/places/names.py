"""Which area is meant: found by its code, its name in Chinese, pinyin or English, or a part of either.

Pinyin may be written with or without blanks, hyphens, apostrophes and tones, in any case. Several areas share many names
(eight towns of the two shipped provinces are called 太平镇), so all hits come back, each with its path. The trap: the name
found first need not be the area meant; read the path.
"""

from __future__ import annotations

import datetime as dt
import difflib
import unicodedata

import polars as pl

from headworks.places.area_tree import AreaTree, areas_at

_LANGUAGES = {"en": ("name_en", "name_pinyin", "name_zh"), "zh": ("name_zh", "name_en", "name_pinyin")}
_MATCHES = ("code", "name", "beginning", "part", "guess")
_GUESSED = 5
_DEEPEST_GUESS = 4


def find_areas(areas: pl.DataFrame, text: str, as_of: dt.date, *, language: str = "en") -> pl.DataFrame:
    """All areas of a day that a text may mean, the best first.

    Parameters
    ----------
    areas
        Table ``areas``.
    text
        A code or the beginning of one, or a name or a part of one.
    as_of
        The day whose codes and names count.
    language
        Of names in ``path``: ``en`` or ``zh``; another name stands in where that one is empty.

    Returns
    -------
    pl.DataFrame
        ``area_id, level, name_zh, name_pinyin, name_en, path, match``, sorted by ``match`` (``code``, ``name``,
        ``beginning``, ``part``), level and code. When nothing fits, the nearest names with ``match`` = ``guess``.

    Raises
    ------
    DataRefused
        ``HW-D401`` when the areas of the day are no tree.

    Examples
    --------
    >>> from headworks.places.divisions import divisions
    >>> find_areas(divisions("44"), "guangzhou", dt.date(2024, 1, 1)).row(0)[:2]
    ('440100000000', 2)
    """
    rows = areas_at(areas, as_of)
    wanted = plain_name(text)
    names = rows.select("area_id", *(_plain(name) for name in ("name_zh", "name_pinyin", "name_en")))
    code = pl.col("area_id").str.to_lowercase()
    fields = [pl.col("name_zh"), pl.col("name_pinyin"), pl.col("name_en")]
    whole = [code == text.strip().lower(), _any([field == wanted for field in fields])]
    begins = code.str.starts_with(text.strip().lower()) | _any([field.str.starts_with(wanted) for field in fields])
    holds = _any([field.str.contains(wanted, literal=True) for field in fields])
    match = pl.when(whole[0]).then(0).when(whole[1]).then(1).when(begins).then(2).when(holds).then(3)
    ranked = names.select("area_id", _rank=match if wanted else pl.lit(None, dtype=pl.Int32), _order=pl.lit(0, pl.Int32))
    hits = ranked.filter(pl.col("_rank").is_not_null())
    if hits.is_empty() and wanted:
        hits = _guesses(rows, names, wanted)
    found = rows.join(hits, on="area_id").sort("_rank", "_order", "level", "area_id")
    tree, labels = AreaTree.at(areas, as_of), _labels(rows, language)
    paths = [" / ".join(labels[step] for step in tree.path(area_id)) for area_id in found["area_id"]]
    return found.select(
        "area_id",
        "level",
        "name_zh",
        "name_pinyin",
        "name_en",
        path=pl.Series(paths, dtype=pl.String),
        match=pl.col("_rank").replace_strict(dict(enumerate(_MATCHES)), return_dtype=pl.String),
    )


def plain_name(text: str) -> str:
    """A name without tones, case, blanks, hyphens and apostrophes, as names are compared.

    Examples
    --------
    >>> plain_name("Xī'ān Shì"), plain_name("广州 市")
    ('xianshi', '广州市')
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in letters if sign.isalnum())


def _plain(name: str) -> pl.Expr:
    return pl.col(name).str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "").alias(name)


def _any(conditions: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(condition.fill_null(value=False) for condition in conditions)


def _guesses(rows: pl.DataFrame, names: pl.DataFrame, wanted: str) -> pl.DataFrame:
    """Areas down to towns whose names look most like the text."""
    near = names.join(rows.filter(pl.col("level") <= _DEEPEST_GUESS).select("area_id"), on="area_id", how="semi")
    of_name: dict[str, str] = {}
    for name in ("name_zh", "name_pinyin", "name_en"):
        for area_id, plain in near.select("area_id", name).drop_nulls().rows():
            of_name.setdefault(plain, area_id)
    closest = difflib.get_close_matches(wanted, of_name, n=_GUESSED, cutoff=0.6)
    chosen = list(dict.fromkeys(of_name[name] for name in closest))
    guessed = [(area_id, _MATCHES.index("guess"), order) for order, area_id in enumerate(chosen)]
    return pl.DataFrame(guessed, schema={"area_id": pl.String, "_rank": pl.Int32, "_order": pl.Int32}, orient="row")


def _labels(rows: pl.DataFrame, language: str) -> dict[str, str]:
    label = pl.coalesce(*_LANGUAGES.get(language, _LANGUAGES["en"]), "area_id")
    return dict(rows.select("area_id", label.alias("label")).rows())
