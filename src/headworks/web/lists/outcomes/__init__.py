"""Assessments and their outcomes: asked for, computed, reviewed, shown with their reasons."""
