"""Names of drugs and residues, and codes of tables, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from headworks.reference import names


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, str], tuple[str, str | None]]:
    rows = names().select("kind", "id", "name_en", "name_zh").rows()
    return {(kind, one): (english or one, chinese) for kind, one, english, chinese in rows}


def _in_language(kind: str, name: str) -> str:
    english, chinese = _names().get((kind, name), (name, None))
    return chinese if chinese and (get_language() or "en").startswith("zh") else english


def residue_name(analyte: str) -> str:
    """A residue's name; its code where the reference has none."""
    return _in_language("analyte", analyte)


def drug_name(heading: str, analyte: str = "") -> str:
    """What a heading is called: the drug, and the residue it is told by where it is not the usual one.

    Parameters
    ----------
    heading
        As in tables: ``ketamine`` or ``ketamine: norketamine``.
    analyte
        Residue.
    """
    drug, _colon, residue = heading.partition(": ")
    if not residue:
        return _in_language("drug", drug)
    return _("%(drug)s by %(residue)s") % {"drug": _in_language("drug", drug), "residue": residue_name(analyte or residue)}


WORDS: Final = {
    "plant_influent": gettext_lazy("influent of a plant"),
    "surface_water": gettext_lazy("surface water"),
    "other": gettext_lazy("other"),
    "pumping_station": gettext_lazy("pumping station"),
    "manhole": gettext_lazy("manhole"),
    "trunk_sewer": gettext_lazy("trunk sewer"),
    "septic_tank": gettext_lazy("septic tank"),
    "outfall": gettext_lazy("outfall"),
    "flow_proportional": gettext_lazy("in proportion to flow"),
    "volume_proportional": gettext_lazy("in proportion to volume"),
    "time_proportional": gettext_lazy("in proportion to time"),
    "grab": gettext_lazy("grab sample"),
    "passive": gettext_lazy("passive sampler"),
    "unknown": gettext_lazy("not known"),
    "quantified": gettext_lazy("quantified"),
    "below_loq": gettext_lazy("below the LOQ"),
    "not_detected": gettext_lazy("not detected"),
    "accepted": gettext_lazy("accepted"),
    "suspect": gettext_lazy("suspect"),
    "rejected": gettext_lazy("rejected"),
    "ordinary": gettext_lazy("ordinary"),
    "above_limit": gettext_lazy("above the limit"),
    "below_limit": pgettext_lazy("ratio", "below the limit"),
    "too_few_days": gettext_lazy("too few days"),
    "broken": pgettext_lazy("rule", "broken"),
    "not_stated": gettext_lazy("not stated"),
    "routine": gettext_lazy("routine sample"),
    "duplicate": gettext_lazy("duplicate"),
    "supervisory": gettext_lazy("supervisory sample"),
    "field_blank": gettext_lazy("field blank"),
    "travel_blank": gettext_lazy("travel blank"),
    "composite": gettext_lazy("composite sample"),
    "window-shortest": gettext_lazy("shortest time of collection"),
    "window-longest": gettext_lazy("longest time of collection"),
    "interval": gettext_lazy("interval"),
    "volume": gettext_lazy("volume"),
    "ph-lowest": gettext_lazy("lowest pH"),
    "ph-highest": gettext_lazy("highest pH"),
    "sewage-temperature": gettext_lazy("temperature of the sewage"),
    "transport-time": gettext_lazy("time on the way"),
    "transport-temperature": gettext_lazy("temperature on the way"),
    "holding-time": gettext_lazy("time until preparation"),
    "field-blanks": gettext_lazy("field blanks"),
    "duplicates": gettext_lazy("duplicates"),
    "register": gettext_lazy("register"),
    "design": gettext_lazy("design"),
    "combined": gettext_lazy("combined"),
    "ammonium": gettext_lazy("ammonium"),
    "cotinine": gettext_lazy("cotinine"),
    "census": gettext_lazy("census"),
    "enantiomeric_fraction": gettext_lazy("fraction of one enantiomer"),
    "residue_ratio": gettext_lazy("ratio of residues"),
    "load_jump": gettext_lazy("jump of the load"),
}


def words_of(code: str) -> str:
    """A code in words.

    Examples
    --------
    >>> words_of("cold_chain")
    'cold chain'
    """
    return str(WORDS[code]) if code in WORDS else code.replace("_", " ")
