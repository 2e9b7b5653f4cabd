"""Which font a language is printed in, found on this machine, or a refusal that says what to install.

A PDF without the signs of its language would be a page of empty boxes, so none is made. ``HEADWORKS_FONTS`` names a folder
with further fonts.
"""

from __future__ import annotations

import os
from functools import lru_cache

import typst

from headworks.core.errors import DataRefused

# In order of liking; the first that is there is taken. Regional forms differ between Chinese and Japanese.
FAMILIES = {
    # Fonts for Chinese come last: their quotation marks are as wide as a sign.
    "en": ("Source Sans 3", "Noto Sans", "Liberation Sans", "DejaVu Sans", "Noto Sans CJK SC"),
    "zh": ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "SimHei",
           "PingFang SC", "Microsoft YaHei"),
    "ja": ("Noto Sans CJK JP", "Source Han Sans JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "Hiragino Sans", "Yu Gothic",
           "Noto Sans CJK SC"),
}  # fmt: skip
# Names in Word documents, where the reader's machine and not ours draws them.
WORD_FAMILIES = {"en": "Arial", "zh": "Microsoft YaHei", "ja": "Yu Gothic"}
_COMES_WITH_TYPST = "Libertinus Serif"


def font_folders() -> list[str]:
    """Folders with fonts besides those of the system."""
    said = os.environ.get("HEADWORKS_FONTS", "")
    return [folder for folder in said.split(os.pathsep) if folder]


@lru_cache(maxsize=4)
def found_fonts(folders: tuple[str, ...]) -> typst.Fonts:
    """Fonts of this machine, looked for once."""
    return typst.Fonts(font_paths=list(folders))


def families_for(language: str) -> tuple[str, ...]:
    """Families to print in, the best first; a fallback for Chinese names stands behind it.

    Raises
    ------
    DataRefused
        ``HW-D810`` when none of a Chinese or Japanese text's families is there.
    """
    there = set(found_fonts(tuple(font_folders())).families())
    wanted = FAMILIES[language]
    found = tuple(name for name in wanted if name in there)
    behind = tuple(name for name in FAMILIES["zh"] if name in there and name not in found)
    if found or language == "en":
        return (*found[:1], *behind[:1], *(() if found else (_COMES_WITH_TYPST,)))
    raise DataRefused(
        "There is no font for this language on this machine.", found=language,
        remedy="Install one, on Debian: apt-get install fonts-noto-cjk; or name a folder in HEADWORKS_FONTS", code="HW-D810",
    )  # fmt: skip
