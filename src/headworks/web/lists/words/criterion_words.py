"""What lists and criteria are called, in the reader's language.

A rule set names them by short codes, which its lines and the evidence keep. The sets that come with the program have words
here; of any other set the code is shown as words, and its own ``meaning`` beside it. The trap: a meaning is translated by its
very text, never by the code, for another set may mean something else by the same code.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

LIST_WORDS: Final = {
    "watch": gettext_lazy("Watch list"), "rectification": gettext_lazy("Rectification list (focus support)"),
    "demonstration": gettext_lazy("Demonstration list"), "red_line": gettext_lazy("Red-line list"),
}  # fmt: skip
# Each is a statement that holds or does not.
CRITERION_WORDS: Final = {
    "load_rose": gettext_lazy("load rose"), "load_high": gettext_lazy("load is high"),
    "load_low": gettext_lazy("load is low"), "load_red_line": gettext_lazy("load is beyond the red line"),
    "contacts_rose": gettext_lazy("health contacts rose"), "contacts_high": gettext_lazy("health contacts are high"),
    "sampled": gettext_lazy("sampled often enough"),
    "more_than_100": gettext_lazy("more than 100 registered users"),
    "above_3_per_mille": gettext_lazy("above 3 per mille registered users"),
}  # fmt: skip
# Word for word as the sets that come with the program say them.
MEANINGS: Final = (
    gettext_noop("load per 1,000 people against the area's own year before last quarter a year ago"),
    gettext_noop("load per 1,000 people against three times that of the whole province"),
    gettext_noop("health contacts of two quarters against those of the year before last"),
    gettext_noop("rate of health contacts of two quarters against twice that of the province"),
    gettext_noop("load per 1,000 people below half of that of the whole province"),
    gettext_noop("nine of ten of the days that a week's sampling gives in a quarter"),
    gettext_noop("load per 1,000 people above three times that of the province, as measured"),
    gettext_noop("registered users"),
    gettext_noop("registered users per 1,000 residents"),
)
TITLES: Final = (
    gettext_noop("Probable, lasting, and seen by two independent families"),
    gettext_noop("More than 100 registered users, or users above 3 per mille of residents"),
)


def list_words(name: str) -> str:
    """A list's name; as the rule set says it where nobody gave it another."""
    return str(LIST_WORDS.get(name, name.replace("_", " ")))


def criterion_words(name: str) -> str:
    """A criterion's name, as :func:`list_words`."""
    return str(CRITERION_WORDS.get(name, name.replace("_", " ")))


def quoted(names: tuple[str, ...] | list[str]) -> str:
    """Names of criteria within a sentence."""
    return _(", ").join(_("“%(name)s”") % {"name": criterion_words(name)} for name in names)


def quoted_text(names: str) -> str:
    """The same for names as an outcome keeps them: ``load_rose, load_high``."""
    return quoted(names.split(", ")) if names else ""


def changed_words(changed: str) -> str:
    """What crossed its probability since the period before: ``+load_high, -load_rose`` in words."""
    signed = changed.split(", ") if changed else []
    now, no_more = ([one[1:] for one in signed if one.startswith(sign)] for sign in "+-")
    found = [_("now %(names)s") % {"names": quoted(now)}] if now else []
    if no_more:
        found.append(_("no longer %(names)s") % {"names": quoted(no_more)})
    return "; ".join(found)


def own_words(text: str) -> str:
    """A title or a meaning as a rule set says it, in the reader's language where it is one that comes with the program."""
    return _(text) if text in MEANINGS or text in TITLES else text
