"""Serves a workspace as its worker until it is killed. Not a test: run by test_killed.py as a process of its own."""

from pathlib import Path


def main(path):
    """Work until there is nothing to do; runs are left for another day."""
    from headworks.web.configuration import use_workspace

    use_workspace(Path(path))
    import django

    django.setup()
    from headworks.web.operations.laboratory.releases.work import release_work
    from headworks.web.operations.models import Release
    from headworks.web.work.models import WorkItem
    from headworks.web.work.worker import work_once

    assert release_work
    WorkItem.objects.unscoped("a test").exclude(kind="release_results").delete()
    print("ready", flush=True)
    while Release.objects.unscoped("a test").filter(state="releasing").exists() and work_once():
        pass
