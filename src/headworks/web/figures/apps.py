"""Django's name for this room."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """``headworks.web.figures``."""

    name = "headworks.web.figures"
    label = "figures"
