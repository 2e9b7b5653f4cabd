"""Django's name for this room, and the kinds of work that come with it."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """``headworks.web.lists``."""

    name = "headworks.web.lists"
    label = "lists"

    def ready(self) -> None:
        """Make the work of assessing known."""
        from headworks.web.lists.outcomes.list_work import assess_lists, try_rules
        from headworks.web.work.kinds import register_kind

        register_kind("assess_lists", assess_lists)
        register_kind("try_rules", try_rules)
