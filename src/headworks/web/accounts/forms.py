"""Forms of signing in and of one's own account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headworks.web.access.roles import SCOPES
from headworks.web.accounts.models import Account
from headworks.web.accounts.tokens import TOKEN_SCOPES

_LONGEST_PASSWORD = 512
PURPOSES = {
    "routine": _("Routine work: looking after the area"),
    "signal": _("Looking into a signal"),
    "quality": _("Quality of sampling and measurement"),
    "report": _("A report or a publication"),
    "method": _("Methods and parameters"),
    "administration": _("Keeping the server, training"),
}


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete}, render_value=False)
    return forms.CharField(label=label, strip=False, max_length=_LONGEST_PASSWORD, widget=widget, **more)


def _code(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=60, widget=widget, **more)


def _username() -> forms.CharField:
    attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=_("Sign-in name"), max_length=64, widget=forms.TextInput(attrs=attributes))


class SignInForm(forms.Form):
    """Name and password."""

    username = _username()
    password = _password(_("Password"), "current-password")


class SecondFactorForm(forms.Form):
    """Six digits, or a recovery code."""

    code = _code(_("Code of your device, or a recovery code"))


class NewPassword(forms.Form):
    """A password typed twice, tried against the rules; ``account`` is whose it will be."""

    new_password = _password(_("New password"), "new-password")
    again = _password(_("The same again"), "new-password")

    def __init__(self, *given: Any, account: Account | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        self.account = account
        self.fields["new_password"].help_text = " ".join(str(text) for text in password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        typed = said.get("new_password")
        if typed and typed != said.get("again"):
            self.add_error("again", _("The two are not the same."))
        elif typed:
            whose = self.account or Account(username=said.get("username", ""))
            try:
                validate_password(typed, whose)
            except forms.ValidationError as problem:
                self.add_error("new_password", problem)
        return said


class ChangePassword(NewPassword):
    """One's own: the present one is asked for."""

    current = _password(_("Present password"), "current-password")
    field_order = ("current", "new_password", "again")

    def clean_current(self) -> str:
        """It must be right."""
        typed = str(self.cleaned_data["current"])
        if self.account is None or not self.account.check_password(typed):
            raise forms.ValidationError(_("This is not your present password."))
        return typed


class PasswordByCode(NewPassword):
    """With a code that an administrator gave."""

    username = _username()
    code = _code(_("One-time code"))
    field_order: tuple[str, ...] = ("username", "code", "new_password", "again")


class FirstAdministrator(PasswordByCode):
    """With the code that the server printed."""

    label = forms.CharField(label=_("Office"), max_length=120, required=False, help_text=_("Such as: provincial office."))
    field_order = ("code", "username", "label", "new_password", "again")

    def clean_username(self) -> str:
        """As accounts are named."""
        typed = str(self.cleaned_data["username"])
        Account._meta.get_field("username").run_validators(typed)
        return typed


class PurposeForm(forms.Form):
    """What this session is for."""

    purpose = forms.ChoiceField(label=_("This session is for"), choices=list(PURPOSES.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("File number or a few words (not needed)"), max_length=120, required=False,
        help_text=_("Of the matter, never of anybody in it."),
    )  # fmt: skip


class OwnSettings(forms.ModelForm):
    """Language of pages and reports."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        """Nothing else can be changed by oneself."""

        model = Account
        fields = ("language",)


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    area = forms.CharField(
        label=_("Only in the area (code or name; empty for all of yours)"), max_length=64, required=False
    )  # fmt: skip
    days = forms.IntegerField(label=_("Ends after days"), min_value=1, max_value=365, initial=90)

    def __init__(self, *given: Any, reader: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["scopes"].choices = [(scope, SCOPES[scope]) for scope in TOKEN_SCOPES if reader.has(scope)]

    def ends(self) -> dt.datetime:
        """When it ends."""
        return timezone.now() + dt.timedelta(days=int(self.cleaned_data["days"]))
