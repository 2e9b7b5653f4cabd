"""A signal in a few words, for feeds and mails: as the reader's tier sees it, in the language that is active.

The trap: a feed or a mail leaves the server, so it says nothing that the page would not say to the same reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from headworks.web.access.reader import Reader
from headworks.web.figures.naming import drug_name, residue_name
from headworks.web.figures.templatetags.figures import amount, area_name
from headworks.web.signals.models import Signal
from headworks.web.signals.reasons import reasons, switch_off_words
from headworks.web.signals.shown import ShownSignal, shown_to


class Entry(NamedTuple):
    """``path`` on the server; ``lines`` are sentences; ``changed_at`` when it came to the step it is in."""

    number: int
    path: str
    title: str
    lines: tuple[str, ...]
    state: str
    kind: str
    raised_at: dt.datetime
    changed_at: dt.datetime
    is_late: bool
    is_withheld: bool

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(self.lines)


def entries(reader: Reader, signals: Iterable[Signal]) -> list[Entry]:
    """Entries of some signals, in their order.

    Parameters
    ----------
    reader
        For whom.
    signals
        Rows of ``Signal.objects.visible_to(reader)``.
    """
    return [_entry(one) for one in shown_to(reader, list(signals))]


def _entry(shown: ShownSignal) -> Entry:
    one = shown.signal
    lines = (*_figure(shown), *reasons(shown), switch_off_words(shown), one.words, _stands(shown))
    return Entry(
        one.pk, reverse("signals-one", args=[one.pk]), _title(shown), tuple(filter(None, lines)), one.state, one.kind,
        one.raised_at, max(one.raised_at, one.state_since), shown.is_late, shown.is_withheld,
    )  # fmt: skip


def _title(shown: ShownSignal) -> str:
    one = shown.signal
    area = area_name(shown.area) if shown.area is not None else ""
    site = (shown.site.name or shown.site.pk) if shown.site is not None else ""
    place = ", ".join(filter(None, (site, area))) or _("All areas")
    what = drug_name(one.drug) if one.drug else residue_name(one.analyte) if one.analyte else ""
    return " · ".join(filter(None, (f"{place}: {shown.kind_words}", what, one.period)))


def _figure(shown: ShownSignal) -> tuple[str, ...]:
    if shown.is_withheld:
        return (_("How high it is stays withheld: the figure behind it is not shown at your tier."),)
    numbers = shown.numbers
    if numbers["ratio"] is None:
        return ()
    said = {name: amount(numbers[name]) for name in ("observed", "expected")} | {"times": amount(numbers["ratio"])}
    return (_("%(times)s times what was expected: %(observed)s, where %(expected)s was expected.") % said,)


def _stands(shown: ShownSignal) -> str:
    words = str(shown.state_words) + (f" · {shown.outcome_words}" if shown.outcome_words else "")
    return _("It stands at: %(state)s.") % {"state": words}
