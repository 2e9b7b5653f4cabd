"""Django's name for this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """``headworks.web.access``."""

    name = "headworks.web.access"
    label = "access"
