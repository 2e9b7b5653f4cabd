"""Django's name for this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """``headworks.web.audit``."""

    name = "headworks.web.audit"
    label = "audit"
