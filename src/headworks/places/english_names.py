"""An English name from pinyin: the syllables of the name proper joined, and the kind of the area in English.

沙面街道 (Sha Mian Jie Dao) is Shamian Subdistrict; 黔西南布依族苗族自治州 is Qianxinan Buyei and Miao Autonomous Prefecture.
Each Chinese character is one syllable; where that does not hold there is no English name.
"""

from __future__ import annotations

import re

# Of the peoples that autonomous areas of the shipped provinces are named after.
_PEOPLES = {
    "布依族": "Buyei", "苗族": "Miao", "侗族": "Dong", "土家族": "Tujia", "仡佬族": "Gelao", "彝族": "Yi", "回族": "Hui",
    "水族": "Sui", "瑶族": "Yao", "壮族": "Zhuang", "各族": "Multi-ethnic", "白族": "Bai", "畲族": "She", "满族": "Manchu",
    "毛南族": "Maonan", "蒙古族": "Mongol", "羌族": "Qiang", "仫佬族": "Mulao",
}  # fmt: skip
# Ends of names at each level, longest first, with what an English name says instead.
_ENDS = {
    1: [("自治区", "Autonomous Region"), ("省", ""), ("市", "")],
    2: [("自治州", "Autonomous Prefecture"), ("地区", "Prefecture"), ("市", "")],
    3: [("自治县", "Autonomous County"), ("特区", "Special District"), ("区", "District"), ("县", "County"), ("市", "City")],
    4: [
        ("街道办事处", "Subdistrict"), ("民族乡", "Ethnic Township"), ("族乡", "Ethnic Township"), ("街道", "Subdistrict"),
        ("乡", "Township"), ("镇", "Town"),
    ],
    5: [
        ("社区居民委员会", "Community"), ("居民委员会", "Community"), ("社区居委会", "Community"), ("社区", "Community"),
        ("居委会", "Community"), ("村村民委员会", "Village"), ("村民委员会", "Village"), ("村委会", "Village"),
    ],
}  # fmt: skip
_PEOPLE = re.compile("|".join(sorted(_PEOPLES, key=len, reverse=True)))


def english_name(name_zh: str, name_pinyin: str, level: int) -> str | None:
    """The English name, or None where syllables and characters do not agree.

    Examples
    --------
    >>> english_name("沙面街道", "Sha Mian Jie Dao", 4), english_name("西安市", "Xi An Shi", 2)
    ('Shamian Subdistrict', "Xi'an")
    """
    syllables = name_pinyin.split()
    if len(syllables) != len(name_zh) or not all(syllable.isalpha() for syllable in syllables):
        return None
    end, kind = next(((end, kind) for end, kind in _ENDS[level] if name_zh.endswith(end) and name_zh != end), ("", ""))
    proper = name_zh.removesuffix(end) + ("族" if end == "族乡" else "")
    peoples = [_PEOPLES[found] for found in _PEOPLE.findall(proper)] if "Autonomous" in kind or "Ethnic" in kind else []
    if peoples:
        proper = proper[: _PEOPLE.search(proper).start()] or proper  # type: ignore[union-attr]
    words = [
        joined_pinyin(syllables[: len(proper)]),
        " and ".join(filter(None, [", ".join(peoples[:-1]), *peoples[-1:]])),
        kind,
    ]
    return " ".join(word for word in words if word)


def joined_pinyin(syllables: list[str]) -> str:
    """One capitalised word; an apostrophe before a later syllable that begins with a, e or o.

    Examples
    --------
    >>> joined_pinyin(["Pu", "An"])
    "Pu'an"
    """
    word = "".join(f"'{one}" if number and one[0].lower() in "aeo" else one for number, one in enumerate(syllables))
    return word[:1].upper() + word[1:].lower()
