"""What reports, states and steps are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KIND_WORDS = {
    "weekly": _("Weekly bulletin"), "monthly": _("Monthly review"), "quarterly": _("Quarterly supervision"),
    "half-yearly": _("Half-year summary"), "annual": _("Annual performance evaluation"),
}  # fmt: skip
STATE_WORDS = {
    "missing": pgettext_lazy("report", "not drafted"), "draft": pgettext_lazy("report", "draft"),
    "reviewed": pgettext_lazy("report", "reviewed"), "approved": pgettext_lazy("report", "approved"),
    "published": pgettext_lazy("report", "published"), "withdrawn": pgettext_lazy("report", "withdrawn"),
}  # fmt: skip
STEP_WORDS = {
    "reviewed": _("Reviewed: it says what the figures say"), "approved": _("Approve it"), "published": _("Publish it"),
    "draft": _("Send it back (with a reason)"), "withdrawn": _("Withdraw it (with a reason)"),
}  # fmt: skip
ACTION_WORDS = {
    **STATE_WORDS, "draft": pgettext_lazy("report", "drafted or sent back"),
}  # fmt: skip
WAY = ("draft", "reviewed", "approved", "published")
