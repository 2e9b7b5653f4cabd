"""What a person may say of a signal. There is no field for a person, and none for a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headworks.core.errors import HeadworksError
from headworks.core.periods import Period
from headworks.web.access.policy import visible_areas, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.signals.free_text import LONGEST, require_no_person
from headworks.web.signals.states import KINDS, OPEN_STATES, STATE_WORDS

_LONG = forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST})


class NewSignal(forms.Form):
    """A signal reported by a person about an area or a site."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()), initial="event")
    area_id = forms.CharField(label=_("Code of the area"), max_length=64, required=False, help_text=_("Such as 440106000000."))
    site_id = forms.CharField(
        label=_("Site"), max_length=128, required=False, help_text=_("Its identifier; leave empty for an area.")
    )
    period = forms.CharField(label=_("Period"), max_length=12, required=False, help_text=_("Such as 2026-W46 or 2026-11-14."))
    drug = forms.CharField(label=_("Drug"), max_length=80, required=False)
    words = forms.CharField(
        label=_("What was seen"), widget=_LONG, max_length=LONGEST,
        help_text=_("About the area or the site. No names, numbers of persons, telephones or number plates."),
    )  # fmt: skip

    def __init__(self, *said: Any, reader: Reader, **more: Any) -> None:
        super().__init__(*said, **more)
        self._reader = reader

    def clean_area_id(self) -> str:
        """An area on which the reader decides."""
        return self._known(self.cleaned_data["area_id"].strip(), visible_areas(self._reader, "decide"), _("area"))

    def clean_site_id(self) -> str:
        """A site on which the reader decides."""
        return self._known(self.cleaned_data["site_id"].strip(), visible_sites(self._reader, "decide"), _("site"))

    def clean_period(self) -> str:
        """A period as everywhere."""
        said = str(self.cleaned_data["period"]).strip()
        return _refused_as_words(Period.parse, said).label if said else ""

    def clean_words(self) -> str:
        """Nothing of a person."""
        said = str(self.cleaned_data["words"]).strip()
        _refused_as_words(require_no_person, said, "")
        return said

    def clean(self) -> dict[str, Any]:
        """An area or a site."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said.get("area_id") and not said.get("site_id"):
            raise forms.ValidationError(_("Name an area or a site."))
        return said

    @staticmethod
    def _known(said: str, rows: Any, what: Any) -> str:
        if said and not rows.filter(pk=said).exists():
            raise forms.ValidationError(_("There is no such %(what)s on which you decide."), params={"what": what})
        return said


class Decision(forms.Form):
    """The next step, and why."""

    step = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), widget=_LONG, max_length=LONGEST)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_reason(self) -> str:
        """Nothing of a person."""
        said = str(self.cleaned_data["reason"]).strip()
        _refused_as_words(require_no_person, said, "")
        return said


class StepTimes(forms.Form):
    """Hours that each step may take."""

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        for state in OPEN_STATES:
            self.fields[state] = forms.IntegerField(label=STATE_WORDS[state], min_value=1, max_value=8_760)


def _refused_as_words(check: Any, *said: Any) -> Any:
    try:
        return check(*said)
    except HeadworksError as problem:
        raise forms.ValidationError(f"{problem.what} {problem.remedy} ({problem.code})") from problem
