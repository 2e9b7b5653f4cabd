"""A budget of false alarms in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from headworks.warning.budget import Budget
from headworks.web.figures.templatetags.figures import percent

LEVEL_WORDS: Final = {
    1: gettext_lazy("province"),
    2: gettext_lazy("city"),
    3: gettext_lazy("county"),
    4: gettext_lazy("town"),
    5: gettext_lazy("village"),
    6: gettext_lazy("site"),
}


def budget_words(budget: Budget) -> list[str]:
    """The share that may be false, then each cap.

    Parameters
    ----------
    budget
        As it was kept with the signals.
    """
    words = [_("At most %(share)s of those shown are false.") % {"share": percent(budget.share_false)}]
    for level, most in budget.most_per_week:
        if level in LEVEL_WORDS:
            text = ngettext(
                "At most %(most)s new signal a week per %(level)s.", "At most %(most)s new signals a week per %(level)s.", most
            )
            words.append(text % {"most": most, "level": LEVEL_WORDS[level]})
        else:
            text = ngettext("At most %(most)s new signal a week in all.", "At most %(most)s new signals a week in all.", most)
            words.append(text % {"most": most})
    return words
