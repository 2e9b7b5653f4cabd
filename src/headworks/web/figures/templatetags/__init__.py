"""Words and signs for figures in templates."""
