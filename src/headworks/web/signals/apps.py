"""Django's name for this room."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    """``headworks.web.signals``."""

    name = "headworks.web.signals"
    label = "signals"
