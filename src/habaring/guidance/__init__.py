"""Cohorts, stages of guidance, evaluations, awards."""
