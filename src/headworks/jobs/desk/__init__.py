"""What the operations desk needs beside its database: codes of samples, calendars, routes, pictures, conformity, releases.

In: plain values and rows. Out: plain values, and files that :mod:`headworks.jobs.import_files` imports. Nothing here knows of
the server.
"""

from headworks.jobs.desk.plain_picture import PICTURE_TYPES, plain_picture
from headworks.jobs.desk.release_results import ReleaseContent, release_results
from headworks.jobs.desk.route_order import route_order
from headworks.jobs.desk.sample_code import check_character, make_sample_code, read_sample_code
from headworks.jobs.desk.sample_conformity import conformity_of_rows, limit_of, rules_of
from headworks.jobs.desk.sampling_calendar import CalendarRule, calendar_days, stratum_of

__all__ = [
    "PICTURE_TYPES", "CalendarRule", "ReleaseContent", "calendar_days", "check_character", "conformity_of_rows", "limit_of",
    "make_sample_code", "plain_picture", "read_sample_code", "release_results", "route_order", "rules_of", "stratum_of",
]  # fmt: skip
