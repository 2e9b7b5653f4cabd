"""What ODM part IDs mean here: measures, units, aggregations, materials, kinds of site and of collection, quality flags.

The dictionary of PHES-ODM has no part for a drug residue, none for ng/L and no word for a limit beside a result. Our extension
adds them (``docs/reference/odm-extension.md``): ``hw_`` and the reference's analyte for a residue, ``ngL`` for the unit,
``hwLod`` and ``hwLoq`` for the limits. A part ID is compared without regard to case.
"""

from __future__ import annotations

from functools import cache

from headworks.core.errors import DataRefused
from headworks.core.units import Quantity, convert_factor
from headworks.reference import names, resolve_analyte

PREFIX = "hw_"
# Parts of the dictionary itself that are residues or markers of ours.
_OWN_PARTS = {"caff": "caffeine", "crea": "creatinine"}
FLOW_PARTS = ("florate",)

UNITS: dict[str, str] = {
    "pgl": "pg/L", "ngl": "ng/L", "ugl": "ug/L", "mgl": "mg/L", "pgml": "pg/mL", "ngml": "ng/mL", "ugml": "ug/mL",
    "m3d": "m3/d", "m3h": "m3/h", "m3s": "m3/s", "ls": "L/s", "ld": "L/d", "mld": "MLD", "mgd": "MGD",
}  # fmt: skip
# One value of one measurement, or the mean of several; anything else (a bound, a median, a deviation) is no result.
SINGLE = {"single", "sin", "sing", "singl", "scalar", "mean", "me", "avg", "average", "arithmean"}
MISSING = frozenset({"na", "nan", "nr", "undisc", "null"})
STATE_OF_FLAG = {
    "belod": "not_detected", "flagnd": "not_detected", "nd": "not_detected", "beloq": "below_loq", "belowloq": "below_loq",
}  # fmt: skip
HARMLESS_FLAGS = {"noconcern", "none", "no"}

MATERIALS = {
    "rawww": "sewage", "ww": "sewage", "influent": "sewage", "pstgrit": "sewage", "sweg": "sewage", "sewage": "sewage",
    "swrsed": "sediment", "sed": "sediment", "sediment": "sediment", "soil": "soil", "surfwater": "surface_water",
    "surwater": "surface_water", "srfwater": "surface_water", "water": "surface_water", "surface_water": "surface_water",
}  # fmt: skip
# Kinds that belong to one institution need a consent protocol, as everywhere in Headworks.
SITE_KINDS = {
    "wwtpmuc": "plant_influent", "wwtpmus": "plant_influent", "wwtp": "plant_influent", "lagoon": "plant_influent",
    "pstat": "pumping_station", "mswrppl": "trunk_sewer", "mswr": "trunk_sewer", "swrppl": "trunk_sewer", "manhole": "manhole",
    "septtnk": "septic_tank", "river": "surface_water", "lake": "surface_water", "estuary": "surface_water",
    "sea": "surface_water", "ocean": "surface_water", "retpond": "surface_water", "school": "school", "ucampus": "dormitory",
    "shelter": "dormitory", "hosptl": "hospital", "hospital": "hospital", "ltcf": "hospital", "corfcil": "prison",
    "wwtpind": "workplace", "airpln": "other", "swgtrck": "other", "holdtnk": "other",
}  # fmt: skip
COLLECTIONS = {
    "grab": "grab", "grb": "grab", "grabsa": "grab", "comp": "unknown", "comp3h": "time_proportional",
    "comp8h": "time_proportional", "comp24h": "time_proportional", "cptp24h": "time_proportional",
    "timepr": "time_proportional", "tp": "time_proportional", "cpfp24h": "flow_proportional",
    "flowpr": "flow_proportional", "fp": "flow_proportional", "volpr": "volume_proportional",
    "vp": "volume_proportional", "passive": "passive", "ps": "passive", "moore": "passive",
}  # fmt: skip

# Tables of the model that say nothing about loads; contacts among them, which are not even looked at.
OTHER_TABLES = {
    "datasets", "organizations", "contacts", "addresses", "instruments", "polygons", "samplerelationships", "measuresets",
    "protocols", "protocolsteps", "protocolrelationships", "parts", "sets", "languages", "translations", "countries", "zones",
    "widenames",
}  # fmt: skip


def part_ids() -> dict[str, str]:
    """Part ID of our extension for every analyte of the reference, in its order.

    Examples
    --------
    >>> part_ids()["benzoylecgonine"]
    'hw_benzoylecgonine'
    """
    return {analyte: PREFIX + analyte for analyte in names().filter(kind="analyte")["id"].to_list()}


@cache
def analyte_of(measure: str) -> str | None:
    """The analyte that a measure is; None when it is not ours (a viral target, a temperature).

    Raises
    ------
    DataRefused
        ``HW-P002`` for a measure that begins as ours do and is not in the reference.

    Examples
    --------
    >>> analyte_of("hw_benzoylecgonine"), analyte_of("BZE"), analyte_of("caff"), analyte_of("covN1")
    ('benzoylecgonine', 'benzoylecgonine', 'caffeine', None)
    """
    folded = measure.strip().lower()
    if folded.startswith(PREFIX):
        return resolve_analyte(folded.removeprefix(PREFIX))
    if folded in _OWN_PARTS:
        return _OWN_PARTS[folded]
    try:
        return resolve_analyte(measure)
    except DataRefused:
        return None


def factor_of_unit(unit: str, quantity: Quantity) -> float:
    """From an ODM unit, or a unit as everywhere, to the unit used inside.

    Raises
    ------
    DataRefused
        ``HW-D104`` for a unit that is not known for the quantity.

    Examples
    --------
    >>> factor_of_unit("ugL", Quantity.CONCENTRATION), factor_of_unit("mgd", Quantity.FLOW)
    (1000.0, 3785.411784)
    """
    return convert_factor(UNITS.get(unit.strip().lower(), unit), quantity)
