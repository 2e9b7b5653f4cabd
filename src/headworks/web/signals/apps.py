"""Django's name for this room, and the kind of work that comes with it."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    """``headworks.web.signals``."""

    name = "headworks.web.signals"
    label = "signals"

    def ready(self) -> None:
        """Make the kind of work known."""
        from headworks.web.signals.taking import register

        register()
