"""Is the workspace sound, and do its figures still follow from its facts? Findings say what is wrong and what would do."""

from headworks.jobs.check.findings import Finding
from headworks.jobs.check.workspace import check_workspace

__all__ = ["Finding", "check_workspace"]
