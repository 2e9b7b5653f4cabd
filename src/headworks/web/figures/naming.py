"""Names of drugs and residues in the reader's language."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
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
