"""The parts of a report, one file each: tables and figures as content, no HTML."""
