"""Django's name for this room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """``headworks.web.api``."""

    name = "headworks.web.api"
    label = "api"
