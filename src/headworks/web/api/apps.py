"""Django's name for this room, and the kinds of work that come with it."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """``headworks.web.api``."""

    name = "headworks.web.api"
    label = "api"

    def ready(self) -> None:
        """Make the kinds of work known."""
        from headworks.web.api.report_work import register

        register()
