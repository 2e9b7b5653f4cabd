"""Django's name for this room, and the kinds of work that come with it."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """``headworks.web.work``."""

    name = "headworks.web.work"
    label = "work"

    def ready(self) -> None:
        """Make the kinds of work known."""
        from headworks.web.work.workspace_work import register

        register()
