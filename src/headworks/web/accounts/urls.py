"""Addresses of signing in, of one's own account and of keeping accounts."""

from __future__ import annotations

from django.urls import path

from headworks.web.accounts import administration, own, sign_in, with_code

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign-in-code"),
    path("sign-in/office/", sign_in.sign_in_issuer, name="sign-in-issuer"),
    path("sign-in/office/back/", sign_in.sign_in_issuer_back, name="sign-in-issuer-back"),
    path("sign-in/one-time-code/", with_code.password_by_code, name="password-by-code"),
    path("first-administrator/", with_code.first_administrator, name="first-administrator"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("purpose/", sign_in.purpose, name="purpose"),
    path("settings/", own.own_settings, name="settings"),
    path("settings/password/", own.own_password, name="own-password"),
    path("settings/second-factor/", own.own_second_factor, name="own-second-factor"),
    path("settings/second-factor/off/", own.second_factor_off, name="second-factor-off"),
    path("settings/sessions/end/", own.end_session, name="end-session"),
    path("settings/tokens/new/", own.new_token, name="new-token"),
    path("settings/tokens/<int:pk>/end/", own.end_token, name="end-token"),
    path("accounts/", administration.accounts, name="accounts"),
    path("accounts/new/", administration.new_account, name="accounts-new"),
    path("accounts/areas/", administration.areas, name="accounts-areas"),
    path("accounts/<int:pk>/", administration.account, name="accounts-one"),
    path("accounts/<int:pk>/grant/", administration.grant, name="accounts-grant"),
    path("accounts/<int:pk>/change/", administration.change, name="accounts-change"),
    path("accounts/grants/<int:pk>/decide/", administration.decide, name="accounts-decide"),
]
