"""Django's name for this room, and the kinds of work that come with it."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """``headworks.web.operations``."""

    name = "headworks.web.operations"
    label = "operations"

    def ready(self) -> None:
        """Make the work of evaluating, screening and releasing known."""
        from headworks.web.operations.laboratory.exports.files import WORK, evaluate_work
        from headworks.web.operations.laboratory.releases.work import release_work
        from headworks.web.operations.laboratory.screening.files import WORK as SCREENING
        from headworks.web.operations.laboratory.screening.work import screen_work
        from headworks.web.work.kinds import register_kind

        register_kind("release_results", release_work)
        register_kind(WORK, evaluate_work)
        register_kind(SCREENING, screen_work)
