"""Codes of tables in words: kinds of sites, ways of sampling, verdicts, rules; those that no word is known of as they stand."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

WORDS: Final = {
    "plant_influent": _("influent of a plant"), "surface_water": _("surface water"), "other": _("other"),
    "pumping_station": _("pumping station"), "manhole": _("manhole"),
    "trunk_sewer": _("trunk sewer"), "septic_tank": _("septic tank"), "outfall": _("outfall"),
    "flow_proportional": _("in proportion to flow"), "volume_proportional": _("in proportion to volume"),
    "time_proportional": _("in proportion to time"), "grab": _("grab sample"), "passive": _("passive sampler"),
    "unknown": _("not known"), "quantified": _("quantified"), "below_loq": _("below the LOQ"),
    "not_detected": _("not detected"), "accepted": _("accepted"), "suspect": _("suspect"), "rejected": _("rejected"),
    "ordinary": _("ordinary"), "above_limit": _("above the limit"), "below_limit": _("below the limit"),
    "too_few_days": _("too few days"), "broken": _("broken"), "not_stated": _("not stated"), "register": _("register"),
    "design": _("design"), "combined": _("combined"), "ammonium": _("ammonium"), "cotinine": _("cotinine"),
    "census": _("census"), "enantiomeric_fraction": _("fraction of one enantiomer"), "residue_ratio": _("ratio of residues"),
    "load_jump": _("jump of the load"),
}  # fmt: skip


def words_of(code: str) -> str:
    """A code in words.

    Examples
    --------
    >>> words_of("cold_chain")
    'cold chain'
    """
    return str(WORDS[code]) if code in WORDS else code.replace("_", " ")
