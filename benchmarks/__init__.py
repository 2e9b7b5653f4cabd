"""Speed against named alternatives, in the same run on the same machine; ``make bench``."""
