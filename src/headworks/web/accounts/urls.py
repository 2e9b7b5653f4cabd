"""Addresses of signing in and of accounts."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import path

from headworks.web.accounts import views

urlpatterns = [
    path("sign-in/", auth.LoginView.as_view(template_name="accounts/sign_in.html"), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(next_page="front"), name="sign-out"),
    path("accounts/", views.accounts, name="accounts"),
]
