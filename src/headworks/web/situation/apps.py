"""Django's name for this room."""

from django.apps import AppConfig


class SituationConfig(AppConfig):
    """``headworks.web.situation``."""

    name = "headworks.web.situation"
    label = "situation"
