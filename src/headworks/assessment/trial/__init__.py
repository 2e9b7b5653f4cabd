"""Trial of a rule set: operating characteristics on provinces whose truth is known, attached before the set may be used."""

from headworks.assessment.trial.attached import require_trial, trial_text
from headworks.assessment.trial.operating_characteristics import Trial, operating_characteristics
from headworks.assessment.trial.provinces import Province, simulate_province

__all__ = ["Province", "Trial", "operating_characteristics", "require_trial", "simulate_province", "trial_text"]
