"""Where a laboratory keeps what it computes: evaluations, profiles and controls, apart from every other laboratory's.

A laboratory is what works for one area. The one that works for everything keeps its evaluations in the workspace, where the
command line sees them; each other has a folder of its own below the server's, which the commands open by ``--laboratory``. So
controls, noise and profiles of one never stand in the charts, limits or questions of another. The trap: an export is known by
its content, so two laboratories that are sent one file must not meet in one evaluation.
"""

from __future__ import annotations

import re

from headworks.jobs.laboratory import LabProfile, list_profiles, read_profile
from headworks.store import Workspace
from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.opened import the_workspace
from headworks.web.operations.laboratory.folders import laboratory_folder
from headworks.web.operations.models import Batch, InstrumentFile

LABORATORY = ("measure", "approve", "release")
_NO_NAME = re.compile(r"[^\w .\-]+")
_DEFAULT = "default"


def laboratory_of(area_path: str) -> Workspace:
    """The workspace in which the laboratory of an area evaluates."""
    whole = the_workspace()
    if not area_path:
        return whole
    return Workspace(laboratory_folder(whole, area_path), whole.settings)


def profile_name(batch: Batch) -> str:
    """The name under which a method's answers are kept; ``default`` for a batch without a method.

    Examples
    --------
    >>> profile_name(Batch(method="LC-MS/MS 1")), profile_name(Batch(method=" "))
    ('LC-MS_MS 1', 'default')
    """
    return _NO_NAME.sub("_", batch.method).strip(" .-_")[:60] or _DEFAULT


def profile_of(batch: Batch) -> LabProfile:
    """How the laboratory reads and evaluates exports of the batch's method: the method's profile, else its default."""
    laboratory = laboratory_of(batch.area_path)
    known = list_profiles(laboratory)
    name = next((name for name in (profile_name(batch), _DEFAULT) if name in known), None)
    return LabProfile() if name is None else read_profile(laboratory, name)


def works_in(reader: Reader, area_path: str) -> bool:
    """Whether the reader is of the laboratory of an area, and not only somebody who may see its samples."""
    return any(reader.has(scope, area_path) for scope in LABORATORY)


def areas_measured_in(reader: Reader) -> list[tuple[str, AreaNode | None]]:
    """Areas for which the reader's laboratory works; an empty path is everything."""
    roots = reader.roots("measure")
    areas = {area.path: area for area in AreaNode.objects.filter(path__in=roots)}
    return [(root, areas.get(root)) for root in roots]


def laboratories_of(reader: Reader) -> list[tuple[str, AreaNode | None]]:
    """Areas whose laboratory has evaluated something and is the reader's; an empty path is everything."""
    rows = InstrumentFile.objects.visible_to(reader).order_by("area_path").values_list("area_path", flat=True).distinct()
    paths = [path for path in rows if works_in(reader, path)]
    areas = {area.path: area for area in AreaNode.objects.filter(path__in=paths)}
    return [(path, areas.get(path)) for path in paths]
