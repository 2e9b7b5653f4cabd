"""Rounds that a laboratory keeps, sent by somebody who measures there; what a laboratory keeps no other sees."""

from __future__ import annotations

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.laboratory import ROUND_ENDINGS, read_rounds, save_rounds
from headworks.lab.proficiency import ENTRY_SCHEMA
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.opened import the_workspace
from headworks.web.operations.laboratory.folders import areas_with_laboratory
from headworks.web.operations.laboratory.laboratories import LABORATORY, laboratories_of, laboratory_of


def own_laboratories(reader: Reader) -> list[tuple[str, AreaNode | None]]:
    """Areas for which the reader's laboratories work, whether or not they have evaluated anything; empty is everything."""
    roots = {root for scope in LABORATORY for root in reader.roots(scope)}
    paths = sorted(roots | {path for path, _area in laboratories_of(reader)})
    areas = {area.path: area for area in AreaNode.objects.filter(path__in=paths)}
    return [(path, areas.get(path)) for path in paths]


def rounds_of(area_path: str) -> pl.DataFrame:
    """Rounds of the laboratory of an area, ``ENTRY_SCHEMA``; for whoever was let at it."""
    # To look is not to found a laboratory.
    if area_path and area_path not in areas_with_laboratory(the_workspace()):
        return pl.DataFrame(schema=ENTRY_SCHEMA)
    return read_rounds(laboratory_of(area_path))


def keep_round(reader: Reader, area_path: str, file: tuple[bytes, str], *, request_id: str = "") -> pl.DataFrame:
    """Keep the scores of a file with the laboratory; a round given again replaces what was kept of it.

    Raises
    ------
    NotVisible
        When the reader does not measure in the area.
    UsageError
        ``HW-U341`` for another kind of file.
    DataRefused
        ``HW-D686`` for scores that cannot be used.
    """
    content, name = file
    # A laboratory is what works for one of these; any area below would open a folder of its own.
    if area_path not in reader.roots("measure"):
        raise NotVisible("rounds: measure")
    if not name.lower().endswith(ROUND_ENDINGS):
        raise UsageError(
            _("This kind of file is not read here."), where=name[-80:],
            remedy=_("Send one of: %(endings)s") % {"endings": ", ".join(ROUND_ENDINGS)}, code="HW-U341",
        )  # fmt: skip
    with transaction.atomic():
        # Scores that are refused leave no row in the audit log.
        record(
            "round_kept", actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="laboratory",
            object_id=area_path, area_path=area_path, detail={"file": name[-80:]},
        )  # fmt: skip
        return save_rounds(laboratory_of(area_path), content, name[-80:])
