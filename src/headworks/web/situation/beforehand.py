"""Landing pages made before anybody asks: when a process starts, and when another run is shown.

What a page shows of a run is made once in each process (:mod:`headworks.web.figures.kept`); the first who asked would wait
for it. A thread of each process looks every few seconds whether other figures are shown, and then makes the landing page and
its map for every kind of reader there is. Nothing is sent and nobody looks, so nothing is audited; a reader with other rights
or another language finds it not made, never another's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from django.db import connections
from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from headworks.core.errors import HeadworksError
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader, reader_of
from headworks.web.accounts.models import Account
from headworks.web.figures.cells import cells_geojson, register_version
from headworks.web.figures.kept import reach_of, shown_sets
from headworks.web.situation.areas import frame_of
from headworks.web.situation.asked import asked_of, roots_of
from headworks.web.situation.maps import figures_body
from headworks.web.situation.several import several_of
from headworks.web.situation.views import landing_of

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 3.0
# Beyond these the readers who come first make their pages themselves: memory is bounded as well.
_MOST_KINDS = 24
_TEMPLATES = ("situation/landing.html", "situation/choose.html", "situation/area.html")


def make_beforehand(is_over: Callable[[], bool] = lambda: False) -> None:
    """Look for other figures until told to stop; make what landing pages show of them."""
    seen: tuple[object, ...] | None = None
    load_pages()
    while not is_over():
        try:
            shown = (*shown_sets(), register_version())
            if shown != seen:
                seen = shown
                for reader in kinds_of_readers():
                    make_landing(reader)
        except Exception:  # noqa: BLE001  a page that is asked for says what is wrong; this thread only hurries
            _LOG.exception("landing pages were not made beforehand")
        finally:
            connections.close_all()
        time.sleep(_LOOK_SECONDS)


def load_pages() -> None:
    """Import the code of every page and read the templates that come first: most of a process's first answer."""
    # Addresses are imported when they are first asked for, and with them numerical and cryptographic libraries.
    _ = get_resolver().url_patterns
    for name in _TEMPLATES:
        get_template(name)


def kinds_of_readers() -> Iterator[Reader]:
    """One reader of each kind that sees figures: of those with the same rights and language, one."""
    known = set()
    for account in Account.objects.filter(is_active=True).order_by("-last_login", "pk"):
        reader = reader_of(account, language=account.language)
        kind = (reach_of(reader), reader.language)
        if reader.has("view") and kind not in known:
            known.add(kind)
            yield reader
        if len(known) >= _MOST_KINDS:
            return


def make_landing(reader: Reader) -> None:
    """Make what the landing page of a reader is put together from, and what its map's script asks."""
    request = HttpRequest()
    request.method, request.reader = "GET", reader  # type: ignore[attr-defined]
    with translation.override(reader.language):
        try:
            roots = roots_of(reader)
            if len(roots) == 1:
                asked = asked_of(request, roots[0].area_id)
                frame_of(request, asked)
                shown = landing_of(request, asked)
            else:
                shown = several_of(request)
                asked = shown["asked"]
        except (HeadworksError, NotVisible):
            # Nothing to show yet; the page will say so.
            return
        if shown["map"] is not None:
            level = shown["map"]["level"]
            cells_geojson(asked.paths, level)
            figures_body(request, asked, shown["map"]["shown"], level)
