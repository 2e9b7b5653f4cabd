"""Django's name for this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """``headworks.web.accounts``."""

    name = "headworks.web.accounts"
    label = "accounts"
