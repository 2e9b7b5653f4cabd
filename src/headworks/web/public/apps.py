"""Django's name for this room."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """``headworks.web.public``."""

    name = "headworks.web.public"
    label = "public"
