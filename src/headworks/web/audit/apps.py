"""Django's name for this room, and the work that comes with it."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """``headworks.web.audit``."""

    name = "headworks.web.audit"
    label = "audit"

    def ready(self) -> None:
        """Make the work known."""
        from headworks.web.audit.work import register

        register()
