"""Django's name for this room, and the kind of work that comes with it."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """``headworks.web.reporting``."""

    name = "headworks.web.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Make the work of drafting known."""
        from headworks.web.reporting.drafting import draft_work
        from headworks.web.work.kinds import register_kind

        register_kind("cycle_report", draft_work)
