"""A batch of the laboratory as one HTML file: verdicts first, then charts, then tables; and its charts by themselves.

In: tables of an evaluation as frames. Out: HTML and SVG as text. No workspace, no clock, no arithmetic of the laboratory.
"""

from headworks.reports.laboratory.batch_report import BatchPaper, batch_report
from headworks.reports.laboratory.calibration_chart import calibration_chart
from headworks.reports.laboratory.levey_jennings import levey_jennings

__all__ = ["BatchPaper", "batch_report", "calibration_chart", "levey_jennings"]
