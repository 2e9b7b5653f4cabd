"""Django's name for this room."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """``headworks.web.operations``."""

    name = "headworks.web.operations"
    label = "operations"
